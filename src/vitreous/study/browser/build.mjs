// Bundles the study's browser code, style sheets, fonts and mathematics into one folder: node build.mjs [OUT]
import { build } from "esbuild";
import { mkdir, readdir, writeFile, readFile } from "node:fs/promises";
import { join } from "node:path";

const out = process.argv[2] ?? "../static/vitreous";
await mkdir(out, { recursive: true });
await build({
  entryPoints: { figure: "figure/figure.js", site: "site/site.js", practical: "site/practical.js", "practical-style": "site/practical.css", "site-style": "site/site.css" },
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
  assetNames: "assets/[name]-[hash]",
  legalComments: "linked",
});
const packages = Object.keys(JSON.parse(await readFile("package.json", "utf8")).dependencies);
const licences = [];
for (const name of packages) {
  const folder = join("node_modules", name);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  licences.push(`${name}\n\n${await readFile(join(folder, file), "utf8")}`);
}
await writeFile(join(out, "LICENCES.txt"), licences.join("\n\n---\n\n"));
