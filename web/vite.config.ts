import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const out = 'dist'
const single = ['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts']

// sources hashes what dist is made of. embed_test.go computes the same, so that a dist that
// is older than its sources is found without Node.
function sources(): string {
  const files = ['src', 'public'].flatMap(dir => readdirSync(dir, { recursive: true, withFileTypes: true }))
    .filter(f => f.isFile() && !/\.test\.tsx?$/.test(f.name))
    .map(f => join(f.parentPath, f.name).replaceAll('\\', '/'))
  const sum = createHash('sha256')
  for (const path of [...single, ...files].sort()) {
    sum.update(path + '\n' + createHash('sha256').update(readFileSync(path)).digest('hex') + '\n')
  }
  return sum.digest('hex') + '\n'
}

// packed leaves each file of text in its two compressed forms only: the gateway sends these
// as they are, and unpacks one for a client that takes neither.
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      for (const f of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (!f.isFile() || !/\.(js|css|html|svg)$/.test(f.name)) continue
        const path = join(f.parentPath, f.name)
        const text = readFileSync(path)
        writeFileSync(path + '.gz', gzipSync(text, { level: 9 }))
        writeFileSync(path + '.br', brotliCompressSync(text, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
        }))
        rmSync(path)
      }
      writeFileSync(join(out, 'sources.sha256'), sources())
    },
  }
}

// MOONGATE names the Admin API that `npm run dev` speaks to.
const api = process.env.MOONGATE ?? 'http://127.0.0.1:8001'

export default defineConfig({
  base: '/dashboard/',
  plugins: [packed()],
  build: {
    outDir: out,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // A page's chunk is called as its folder.
        chunkFileNames: chunk => `assets/${chunk.facadeModuleId?.match(/pages\/(\w+)\/Page/)?.[1] ?? '[name]'}-[hash].js`,
      },
    },
  },
  server: {
    // All but the dashboard is the Admin API.
    proxy: { '^/(?!dashboard(/|$))': { target: api } },
  },
})
