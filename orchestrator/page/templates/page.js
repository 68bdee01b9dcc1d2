"use strict";
// What makes the map and the findings handier. The page of `serve` does it again for each report that comes.
const handier = (() => {
const words = {typed: ""}, off = new Set();  // what findings are filtered by, in the next report, too

function map(section) {
  const map = section.querySelector("svg"), pointed = section.querySelector("#pointed");
  const nodes = [...map.querySelectorAll("[data-node]")], links = [...map.querySelectorAll(".links .link")];
  const ends = map.dataset.ends.split(";").map(one => one.split(" "));
  for (const link of links) {
    const wide = link.querySelector("path").cloneNode();
    wide.setAttribute("class", "hit");
    link.append(wide);
  }
  function show(group) {
    const name = group && group.dataset.node, number = links.indexOf(group);
    const near = new Set(name ? [name, ...ends.filter(one => one.includes(name)).flat()] : ends[number]);
    for (const one of nodes) one.classList.toggle("far", !!group && !near.has(one.dataset.node));
    links.forEach((one, i) => one.classList.toggle("far", !!group && (name ? !ends[i].includes(name) : i !== number)));
    if (group) pointed.textContent = group.querySelector("title").textContent;
  }
  map.addEventListener("pointerover", event => show(event.target.closest("[data-node],.links .link")));
  map.addEventListener("pointerleave", () => show(null));
  pointed.hidden = false;
}

function findings(section) {
  const cards = [...section.querySelectorAll(".card")];
  if (cards.length < 2) return;
  const bar = document.createElement("div"), field = document.createElement("input"), count = document.createElement("span");
  const layers = [...new Set(cards.map(one => one.dataset.layer))];
  function filter() {
    const wanted = words.typed.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of cards) {
      const text = one.textContent.toLowerCase();
      one.hidden = off.has(one.dataset.layer) || !wanted.every(word => text.includes(word));
    }
    count.textContent = `${cards.filter(one => !one.hidden).length} of ${cards.length}`;
  }
  bar.className = "switches filter";
  field.type = "search";
  field.value = words.typed;
  field.placeholder = "node, check, words";
  field.setAttribute("aria-label", "show only findings with these words");
  field.addEventListener("input", () => { words.typed = field.value; filter(); });
  bar.append(field);
  for (const layer of layers) {
    if (layers.length < 2 && !off.has(layer)) break;
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !off.has(layer);
    box.addEventListener("change", () => { off[box.checked ? "delete" : "add"](layer); filter(); });
    label.append(box, ` ${layer}`);
    bar.append(label);
  }
  count.className = "muted";
  bar.append(count);
  cards[0].before(bar);
  filter();
}

addEventListener("hashchange", () => {  // a badge of the map leads to a finding that is filtered out
  const card = document.getElementById(location.hash.slice(1));
  if (card && card.hidden) { card.hidden = false; card.scrollIntoView(); }
});
return {"the-map": map, findings};
})();
