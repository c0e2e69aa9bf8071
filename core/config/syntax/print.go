package syntax

import "strings"

// Print writes the tree as text that Parse reads back as the same tree.
// Comments are gone; each directive has its own line.
func Print(nodes []*Node) string {
	var out strings.Builder
	printBlock(&out, nodes, 0)
	return out.String()
}

const indent = "    "

func printBlock(out *strings.Builder, nodes []*Node, depth int) {
	for _, n := range nodes {
		if n.Name == "" && n.Err != nil {
			continue
		}
		for range depth {
			out.WriteString(indent)
		}
		out.WriteString(Quote(n.Name))
		for _, arg := range n.Args {
			out.WriteByte(' ')
			out.WriteString(Quote(arg))
		}
		switch {
		case n.IsRaw:
			out.WriteString(" {")
			out.WriteString(n.Raw)
			out.WriteByte('}')
		case n.HasBody:
			out.WriteString(" {\n")
			printBlock(out, n.Body, depth+1)
			for range depth {
				out.WriteString(indent)
			}
			out.WriteByte('}')
		default:
			out.WriteByte(';')
		}
		out.WriteByte('\n')
	}
}
