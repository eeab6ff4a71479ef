"use strict";
// Search and filters of the ledger. What is chosen stands in the address, so that it can be linked to.
const filters = document.getElementById("filters");
if (filters) {
  const rows = [...document.querySelectorAll(".ledger tbody tr")];
  const count = document.getElementById("count");
  const apply = () => {
    const words = filters.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = (!filters.status.value || row.dataset.status === filters.status.value)
        && (!filters.group.value || row.dataset.group === filters.group.value)
        && words.every((word) => row.dataset.text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.value = shown === rows.length ? `${shown} statements` : `${shown} of ${rows.length} statements`;
  };
  const chosen = ["q", "status", "group"];
  const save = () => {
    const kept = new URLSearchParams(chosen.filter((k) => filters[k].value).map((k) => [k, filters[k].value]));
    history.replaceState(null, "", `#${kept}`);
    apply();
  };
  const load = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=") || !hash) {
      const kept = new URLSearchParams(hash);
      for (const k of chosen) filters[k].value = kept.get(k) || "";
    }
    apply();
  };
  filters.addEventListener("input", save);
  filters.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", load);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      filters.q.focus();
    }
  });
  load();
}

// The graph: pointing at a statement, or reaching it by keyboard, brings out what it rests on and what rests on it.
const graph = document.getElementById("graph");
if (graph) {
  const edges = [...graph.querySelectorAll(".edge")];
  const nodes = [...graph.querySelectorAll(".node")];
  const reach = (start, from, to) => {
    const found = new Set([start]);
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const edge of edges) if (found.has(edge.dataset[from])) found.add(edge.dataset[to]);
    }
    return found;
  };
  const bringOut = (id) => {
    const above = reach(id, "from", "to");
    const below = reach(id, "to", "from");
    graph.classList.add("focused");
    for (const node of nodes) node.classList.toggle("on", above.has(node.dataset.id) || below.has(node.dataset.id));
    for (const { dataset: { from, to }, classList } of edges) {
      classList.toggle("on", (above.has(from) && above.has(to)) || (below.has(from) && below.has(to)));
    }
  };
  const calm = () => graph.classList.remove("focused");
  for (const node of nodes) {
    node.addEventListener("mouseenter", () => bringOut(node.dataset.id));
    node.addEventListener("focus", () => bringOut(node.dataset.id));
    node.addEventListener("mouseleave", calm);
    node.addEventListener("blur", calm);
  }
}
