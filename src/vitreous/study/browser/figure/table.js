// Rows under headings: a real table, so that it can be read aloud and copied.
import { make, number } from "./dom.js";

export function table(box, spec) {
  const head = make("thead", {}, make("tr", {}, ...spec.columns.map((name) => (name ? make("th", { scope: "col" }, name) : make("td")))));
  const body = make("tbody");
  box.append(make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": spec.label },
    make("table", {}, make("caption", { className: "unseen" }, spec.label), head, body)));
  let rows = [];
  const cell = (value) => (typeof value === "number" ? number(value, 4) : value);
  return {
    draw(data) {
      rows = data.rows;
      body.replaceChildren(...rows.map((row) => make("tr", {}, ...row.map((value, i) =>
        i === 0 ? make("th", { scope: "row" }, cell(value)) : make("td", { className: typeof value === "number" ? "numeric" : "" }, cell(value))))));
    },
    csv: () => [spec.columns, ...rows],
    words: () => `${spec.label}: ${rows.length} rows`,
  };
}
