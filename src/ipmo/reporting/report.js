(() => {
"use strict";
const BLANK = /^(unknown|not known|not counted|none|·)?$/;
const SIZES = {k: 1e3, M: 1e6, bn: 1e9};
const make = (name, text, type) => { const one = document.createElement(name); if (text) one.textContent = text; if (type) one.type = type; return one; };
const number = text => {
  const found = /^([−-]?[\d,]+(?:\.\d+)?)\s*(k|M|bn)?(?![\d-])/.exec(text);
  return found ? parseFloat(found[1].replace("−", "-").replaceAll(",", "")) * (SIZES[found[2]] || 1) : null;
};
const text = row => (row.textContent || "").toLowerCase();
const parts = body => {
  const out = [];
  for (const row of body.rows) {
    if (row.classList.contains("group") || !out.length) out.push([[], []]);
    out[out.length - 1][row.classList.contains("group") ? 0 : 1].push(row);
  }
  return out;
};
const sort = (table, place, down) => {
  const key = row => { const cell = row.cells[place]; const said = cell ? (cell.firstChild?.textContent || cell.textContent).trim() : ""; return BLANK.test(said) ? "" : said; };
  for (const [heads, rows] of parts(table.tBodies[0])) {
    const known = rows.filter(key), numeric = known.length > 0 && known.every(row => number(key(row)) !== null && !/^\d{4}-\d\d/.test(key(row)));
    const by = (a, b) => {
      const x = key(a), y = key(b);
      if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1);
      return (numeric ? number(x) - number(y) : x.localeCompare(y)) * (down ? -1 : 1);
    };
    table.tBodies[0].append(...heads, ...rows.sort(by));
  }
};
for (const table of document.querySelectorAll(".scroll table")) {
  if (table.tBodies[0].rows.length < 3) continue;
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    if (!head.textContent.trim()) return;
    const button = make("button", head.textContent, "button");
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(table, place, down);
      table.closest(".long")?.classList.add("sorted");
    });
  });
  if (table.tBodies[0].rows.length < 8) continue;
  const box = table.closest(".scroll"), line = make("p"), label = make("label", "filter "), field = make("input", "", "search"), said = make("span");
  line.className = "filter"; said.setAttribute("role", "status"); field.setAttribute("aria-label", "filter " + box.getAttribute("aria-label"));
  label.append(field); line.append(label, " ", said); box.before(line);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let count = 0;
    for (const [heads, rows] of parts(table.tBodies[0])) {
      const whole = wanted && heads.some(row => text(row).includes(wanted));
      let shown = 0;
      for (const row of rows) { row.hidden = !whole && !text(row).includes(wanted); shown += !row.hidden; }
      for (const row of heads) row.hidden = Boolean(wanted) && !shown && !whole;
      count += shown;
    }
    table.closest(".long")?.classList.toggle("filtered", Boolean(wanted));
    said.textContent = wanted ? count + " shown" : "";
  });
}
for (const section of document.querySelectorAll("main > section[aria-labelledby]")) {
  const head = section.querySelector("h2"), button = make("button", "fold", "button");
  button.className = "fold"; button.setAttribute("aria-expanded", "true"); button.setAttribute("aria-label", "fold " + head.textContent);
  button.addEventListener("click", () => {
    const closed = section.classList.toggle("closed");
    button.textContent = closed ? "unfold" : "fold";
    button.setAttribute("aria-expanded", String(!closed));
  });
  head.append(" ", button);
}
})();
