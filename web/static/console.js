// Small helps for the console's forms; every form works without them.
"use strict";

for (const button of document.querySelectorAll("button[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    field.focus();
  });
  // A browser must not keep what is typed as a word for the next time.
  field.form.addEventListener("submit", () => { field.type = "password"; });
}

// A canned answer goes into the field, to be changed before it is sent.
for (const select of document.querySelectorAll("select[data-fills]")) {
  select.addEventListener("change", () => {
    const text = select.selectedOptions[0]?.dataset.text;
    if (!text) return;
    const field = document.getElementById(select.dataset.fills);
    field.value = text;
    field.focus();
  });
}

// What was checked while one types is told at its field too, and no longer where it has been mended.
document.body.addEventListener("htmx:afterSwap", (event) => {
  const seen = event.detail.target;
  if (seen.id !== "xem") return;
  const faults = new Map([...seen.querySelectorAll("[data-reason]")].map((each) => [each.dataset.at, each.dataset.reason]));
  for (const place of document.getElementById("bieu-mau")?.querySelectorAll(".fault") ?? []) {
    place.textContent = faults.get(place.dataset.at) ?? "";
  }
});

// A tree begins in the middle of its left side.
function showRoot() {
  for (const tree of document.querySelectorAll(".tree")) tree.scrollTop = (tree.scrollHeight - tree.clientHeight) / 2;
}
showRoot();
document.body.addEventListener("htmx:afterSwap", showRoot);

// On a phone the parts stand in one row: where one is has to be in sight.
document.querySelector(".parts [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
