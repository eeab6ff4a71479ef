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

// Names in Lean: pointing at one, or reaching it by keyboard, shows its declaration, which the page has, at the place.
// The tip stays while the pointer is on it, and Escape takes it away. Where one touches, the first touch shows it.
const tip = document.createElement("div");
let named = null;
const declared = (link) => {
  const name = decodeURIComponent(link.hash.slice(1));
  const found = document.getElementById(`name-${name}`) || document.getElementById(`of-${name}`);
  return found && !found.contains(link) ? found : null;
};
const hideTip = () => {
  named?.removeAttribute("aria-describedby");
  named = null;
  tip.hidden = true;
};
const place = (link) => {
  const { left, bottom, top } = [...link.getClientRects()].at(-1);
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(left, most))}px`;
  const under = innerHeight - bottom;
  const below = tip.scrollHeight + 12 < under || under > top;
  tip.style.maxHeight = `${Math.max(120, Math.min(innerHeight / 2, (below ? under : top) - 12))}px`;
  tip.style.top = below ? `${bottom + 4}px` : `${Math.max(0, top - tip.offsetHeight - 4)}px`;
};
const showTip = (link) => {
  const found = declared(link);
  if (!found || link === named) return;
  hideTip();
  const copy = found.cloneNode(true);
  for (const each of copy.querySelectorAll("[id]")) each.removeAttribute("id");
  for (const each of copy.querySelectorAll("pre")) each.removeAttribute("tabindex");
  for (const each of copy.querySelectorAll("a")) each.tabIndex = -1;
  const name = document.createElement("p");
  name.innerHTML = "<b></b>";
  name.firstChild.textContent = decodeURIComponent(link.hash.slice(1));
  tip.replaceChildren(name, ...copy.childNodes);
  tip.hidden = false;
  named = link;
  link.setAttribute("aria-describedby", "tip");
  place(link);
};
if (document.querySelector("dl.names")) {
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let leaving = 0;
  let touched = false;
  const linkAt = (event) => event.target.closest?.("main .lean a") || null;
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    clearTimeout(leaving);
    if (linkAt(event)) showTip(linkAt(event));
    else if (!event.target.closest?.("#tip") && named !== document.activeElement) leaving = setTimeout(hideTip, 250);
  });
  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
  document.addEventListener("focusin", (event) => {
    if (event.target.closest("#tip")) return;
    if (!linkAt(event)) hideTip();
    else if (!touched) showTip(linkAt(event));
  });
  document.addEventListener("click", (event) => {
    const link = linkAt(event);
    if (link && touched && link !== named && declared(link)) {
      event.preventDefault();
      showTip(link);
    } else if (!link && !event.target.closest("#tip")) hideTip();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  document.addEventListener("scroll", (event) => { if (named && !tip.contains(event.target)) place(named); }, true);
}

// What is to be copied gets a button. A page from the disk may be refused the clipboard; then the old way.
for (const text of document.querySelectorAll("pre.copied")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  text.before(button);
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Selected: press Ctrl-C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// On paper everything that says what the statement is stands open, and is closed again afterwards.
const closed = [];
window.addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("#lean :is(.proof, .proof details, .printed):not([open])")) {
    each.open = true;
    closed.push(each);
  }
});
window.addEventListener("afterprint", () => { for (const each of closed.splice(0)) each.open = false; });

// The graph: pointing at a statement, or reaching it by keyboard, brings out what it rests on and what rests on it.
const graph = document.querySelector("svg#graph"); // pages of statements have a section of that name
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

  // Zoom, pan and fit: the picture grows in a box that scrolls. Without a script it is that picture in that box.
  const canvas = graph.closest(".canvas");
  const bar = document.getElementById("zoom");
  const [wide, tall] = [graph.viewBox.baseVal.width, graph.viewBox.baseVal.height];
  let scale = 1;
  const zoom = (wanted, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
    const next = Math.min(4, Math.max(0.05, wanted));
    const [left, top] = [(canvas.scrollLeft + x) / scale, (canvas.scrollTop + y) / scale];
    scale = next;
    graph.setAttribute("width", wide * scale);
    graph.setAttribute("height", tall * scale);
    canvas.scrollTo(left * scale - x, top * scale - y);
    bar.querySelector("output").value = `${Math.round(100 * scale)} %`;
  };
  const fit = () => zoom(Math.min(canvas.clientWidth / wide, canvas.clientHeight / tall));
  const steps = { in: () => zoom(scale * 1.25), out: () => zoom(scale / 1.25), fit, full: () => zoom(1) };
  bar.hidden = false;
  bar.addEventListener("click", (event) => steps[event.target.dataset.zoom]?.());
  canvas.addEventListener("keydown", (event) => {
    const step = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "full" }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    steps[step]();
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // otherwise the wheel scrolls, as everywhere
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch") return; // fingers scroll the box by themselves
    held = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    held.moved ||= Math.hypot(dx, dy) > 4;
    canvas.classList.toggle("dragged", held.moved);
    if (held.moved) canvas.scrollTo(held.left - dx, held.top - dy);
  });
  window.addEventListener("pointerup", () => {
    canvas.classList.remove("dragged");
    setTimeout(() => { held = null; });
  });
  canvas.addEventListener("click", (event) => { if (held?.moved) event.preventDefault(); }, true);
  canvas.addEventListener("dragstart", (event) => event.preventDefault());
  const chosen = () => {
    const node = nodes.find((each) => `#${each.id}` === decodeURIComponent(location.hash));
    if (!node) return;
    canvas.scrollIntoView({ block: "nearest" });
    const [box, at] = [canvas.getBoundingClientRect(), node.getBoundingClientRect()];
    canvas.scrollBy(at.left - box.left - (box.width - at.width) / 2, at.top - box.top - (box.height - at.height) / 2);
    node.focus({ preventScroll: true });
    bringOut(node.dataset.id);
  };
  window.addEventListener("hashchange", chosen);
  window.addEventListener("load", () => requestAnimationFrame(chosen)); // after the browser has scrolled on its own
}
