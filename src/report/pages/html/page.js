"use strict";
(() => {
  const tools = document.querySelector(".tools");
  const table = document.querySelector("#findings");
  if (!tools || !table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const search = tools.querySelector("input[type=search]");
  const boxes = Array.from(tools.querySelectorAll("input[type=checkbox]"));
  const shown = tools.querySelector("output");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const place = (row) => [row.dataset.path, Number(row.dataset.line)];
  const keys = {
    severity: (row) => [Number(row.dataset.severity), ...place(row)],
    place,
    rule: (row) => [row.cells[2].textContent, ...place(row)],
    message: (row) => [row.cells[3].textContent, ...place(row)],
  };
  const compare = (one, other) => {
    for (let i = 0; i < one.length; i += 1) {
      if (one[i] < other[i]) return -1;
      if (one[i] > other[i]) return 1;
    }
    return 0;
  };

  const filter = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      const fits = wanted.has(row.dataset.severity) && words.every((word) => texts[i].includes(word));
      row.hidden = !fits;
      count += Number(fits);
    });
    shown.textContent = shown.dataset.text.replace("{shown}", count).replace("{all}", rows.length);
  };

  const sort = (header) => {
    const descending = header.getAttribute("aria-sort") === "ascending";
    const key = keys[header.dataset.key];
    const order = rows.map((row) => [key(row), row]).sort(([one], [other]) => compare(one, other));
    if (descending) order.reverse();
    table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    body.append(...order.map(([, row]) => row));
  };

  table.querySelectorAll("th[data-key]").forEach((header) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(header));
    header.replaceChildren(button);
  });
  search.addEventListener("input", filter);
  boxes.forEach((box) => box.addEventListener("change", filter));
  tools.hidden = false;
  filter();
})();
