package admin

// RoleShown is a role as GET /roles tells it.
type RoleShown struct {
	Name string   `json:"name"`
	Doc  string   `json:"doc"`
	May  []string `json:"may"`
}

// rolesShown are all roles. What one may, those after it may too; which role a method of a
// path needs is in /openapi.json.
func rolesShown() []RoleShown {
	list := []RoleShown{
		{"viewer", "Reads everything but secrets, and asks what becomes of a request.", []string{"read", "explain"}},
		{"operator", "Reads secrets too, changes entities and rolls back.", []string{"read_secrets", "change", "roll_back", "operate"}},
		{"admin", "Replaces everything at once, and decides who the users are.", []string{"replace_all", "manage_users"}},
	}
	for i := range list[1:] {
		list[i+1].May = append(append([]string{}, list[i].May...), list[i+1].May...)
	}
	return list
}

func (c *call) listRoles() *reply { return ok(map[string]any{"data": rolesShown()}) }
