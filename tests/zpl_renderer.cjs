// Draws ZPL as a label printer would: node zpl_renderer.cjs FOLDER < labels.zpl; a PNG in base64 a line.
const path = require("node:path");
const { ready } = require(path.join(process.argv[2], "node_modules", "zpl-renderer-js"));

(async () => {
  const { api } = await ready;
  const zpl = require("node:fs").readFileSync(0, "utf8");
  const labels = await api.zplToBase64MultipleAsync(zpl, 100, 50, 8);
  for (const label of labels) console.log(label);
  process.exit(0);
})();
