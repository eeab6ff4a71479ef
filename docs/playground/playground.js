// The page: reads the sliders, computes with FORMULAS (formulas.js), draws. `evaluate` is what the tests call.
"use strict";

const LAMBDAS = [0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5];
const FARTHEST = 4;
const LOWEST = 1e-4, HIGHEST = 1e4; // of the chart
const ROWS = [
  ["gap", "gap on the sample, J<sub>S</sub>(θ*) − J<sub>S</sub>(θ)", ""],
  ["range", "2B‖u‖", "gap-range"],
  ["domination", "C⟨∇J<sub>S</sub>(θ),u⟩", "gradient-domination"],
  ["norm", "C‖u‖‖∇J<sub>S</sub>(θ)‖", "gradient-domination"],
  ["log", "λ log(1 + (C/λ)⟨∇J<sub>S</sub>(θ),u⟩)", "gap-log-form-sample"],
  ["below", "⟨∇J<sub>S</sub>(θ),u⟩/(2 + M/2)², a lower bound", "gap-two-sided"],
  ["population", "gap on the population, all eight prompts", ""],
];
const ABOVE = ["range", "domination", "norm", "log"];

/** Return everything for one setting: {lambda, distance, angle in degrees, prompts, actions, constant}. */
function evaluate({ lambda, distance, angle, prompts, actions, constant }) {
  const turn = (angle * Math.PI) / 180;
  const exact = (x) => Math.round(x * 1e12) / 1e12; // the cosine of 90° is 0
  const away = [distance * exact(Math.cos(turn)), distance * exact(Math.sin(turn))];
  const theta = PROBLEM.reward.map((x, j) => x + away[j]);
  const u = PROBLEM.reward.map((x, j) => x - theta[j]);
  const every = PROBLEM.features.map((prompt) => atPrompt(prompt.slice(0, actions), theta, lambda));
  const sample = mean(every.slice(0, prompts));
  const M = FORMULAS.exponent(lambda, PROBLEM.bound, distance);
  const C = constant === "exp" ? Math.exp(M) : FORMULAS.psi(M);
  const aligned = sample.gradient[0] * u[0] + sample.gradient[1] * u[1];
  return {
    M, C, gap: sample.gap, logarithm: sample.logarithm, divergence: sample.divergence,
    population: mean(every).gap,
    range: FORMULAS.range(PROBLEM.bound, distance),
    domination: FORMULAS.domination(C, aligned),
    norm: FORMULAS.dominationByNorm(C, distance, Math.hypot(...sample.gradient)),
    log: FORMULAS.logForm(lambda, C, aligned),
    below: FORMULAS.below(M, aligned),
  };
}

/** Return what the derivations say of one prompt, its reference policy uniform. */
function atPrompt(features, theta, lambda) {
  const formulas = FORMULAS[features.length];
  const at = [...theta, ...PROBLEM.reward, ...features.flat(), ...features.map(() => 1 / features.length), lambda];
  const [[gap], [logarithm], [divergence]] = [formulas.gap(at), formulas.logarithm(at), formulas.divergence(at)];
  return { gap, logarithm, divergence, gradient: formulas.gradient(at) };
}

function mean(prompts) {
  const of = (value) => prompts.reduce((sum, prompt) => sum + value(prompt), 0) / prompts.length;
  return {
    gap: of((p) => p.gap), logarithm: of((p) => p.logarithm), divergence: of((p) => p.divergence),
    gradient: [of((p) => p.gradient[0]), of((p) => p.gradient[1])],
  };
}

/** Return a number in four digits; what rounding cannot tell from 0 is 0. */
function said(x) {
  if (Math.abs(x) < 1e-12) return "0";
  return x >= 1e5 || x < 1e-3 ? x.toExponential(2).replace("e+", "e") : String(Number(x.toPrecision(4)));
}

function input(id) {
  return document.getElementById(id);
}

function chosen() {
  return {
    lambda: LAMBDAS[input("lambda").value], distance: Number(input("distance").value),
    angle: Number(input("angle").value), prompts: Number(input("prompts").value), actions: Number(input("actions").value),
    constant: document.querySelector("input[name=constant]:checked").value,
  };
}

function tell(setting) {
  const words = {
    lambda: String(setting.lambda), distance: setting.distance.toFixed(2), angle: `${setting.angle}°`,
    prompts: `${setting.prompts} of 8`, actions: String(setting.actions),
  };
  for (const [id, text] of Object.entries(words)) {
    input(`${id}-said`).textContent = text;
    input(id).setAttribute("aria-valuetext", text);
  }
}

function summary(values) {
  const { gap } = values;
  const least = ABOVE.reduce((best, name) => (values[name] < values[best] ? name : best));
  const what = ROWS.find(([name]) => name === least)[1];
  const known = `M = ${said(values.M)}, C = ${said(values.C)}. `;
  if (said(gap) === "0") return `${known}The gap on the sample is 0.`;
  return `${known}The smallest upper bound is ${what}: ${said(values[least] / gap)} times the gap.`;
}

function table(values) {
  input("values").replaceChildren(...ROWS.map(([name, title, id]) => {
    const row = document.createElement("tr");
    const swatch = `<svg width="26" height="10" aria-hidden="true"><line class="${name}" x1="0" y1="5" x2="26" y2="5"/></svg>`;
    const source = id ? ` <code>${LINKS[id] ?? id}</code>` : "";
    const ratio = name === "gap" || said(values.gap) === "0" ? "–" : `${said(values[name] / values.gap)}`;
    row.innerHTML = `<td>${swatch}${title}${source}</td><td>${said(values[name])}</td><td>${ratio}</td>`;
    return row;
  }));
}

function chart(setting, values) {
  const width = Math.min(document.querySelector("main").clientWidth - 32, 960);
  const height = Math.round(Math.max(260, Math.min(400, width * 0.5)));
  const [left, bottom, top, right] = [52, 24, 8, 8];
  const across = (distance) => left + ((width - left - right) * distance) / FARTHEST;
  const share = (nats) => Math.log(Math.max(nats, LOWEST / 10) / LOWEST) / Math.log(HIGHEST / LOWEST);
  const up = (nats) => height - bottom - (height - bottom - top) * share(Math.min(nats, HIGHEST * 10));
  const parts = [`<clipPath id="frame"><rect x="${left}" y="${top}" width="${width - left - right}" height="${height - bottom - top}"/></clipPath>`];
  for (let power = -4; power <= 4; power += 1) {
    const y = up(10 ** power);
    parts.push(`<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/>`);
    if (power % 2 === 0) parts.push(`<text x="${left - 6}" y="${y + 4}" text-anchor="end">${10 ** power}</text>`);
  }
  for (let x = 0; x <= FARTHEST; x += 1) parts.push(`<text x="${across(x)}" y="${height - 6}" text-anchor="middle">${x}</text>`);
  parts.push(`<line class="here" x1="${across(setting.distance)}" x2="${across(setting.distance)}" y1="${top}" y2="${height - bottom}"/>`);
  const distances = Array.from({ length: 80 }, (_, i) => (FARTHEST * (i + 1)) / 80);
  const all = distances.map((distance) => evaluate({ ...setting, distance }));
  const drawn = [...ROWS].reverse(); // the gap last, on top
  for (const [name] of drawn) {
    const points = all.map((at, i) => `${across(distances[i]).toFixed(1)},${up(at[name]).toFixed(1)}`);
    parts.push(`<path class="${name}" clip-path="url(#frame)" d="M${points.join("L")}"/>`);
  }
  const label = `Gap and bounds against the distance. At ${setting.distance.toFixed(2)}: gap ${said(values.gap)} nats; the table has the rest.`;
  input("chart").innerHTML = `<svg role="img" aria-label="${label}" width="${width}" height="${height}">${parts.join("")}</svg>`;
}

function show() {
  const setting = chosen(), values = evaluate(setting);
  tell(setting);
  input("summary").innerHTML = summary(values);
  table(values);
  chart(setting, values);
  input("same").innerHTML =
    `The gap is λ·KL(π<sub>θ</sub>‖π<sub>θ*</sub>) = ${said(values.divergence)} and λ log E exp Y = ${said(values.logarithm)}, each by its own formula.`;
}

// Where the page is part of a site, its ids are links; the rows of the table take theirs from the text.
const LINKS = Object.fromEntries(
  [...document.querySelectorAll("main code a")].map((link) => [link.textContent, link.outerHTML]),
);
document.querySelector("form").addEventListener("input", show);
window.addEventListener("resize", show);
show();
