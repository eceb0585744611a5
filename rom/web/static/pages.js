// Small helpers of the pages; everything that is answered goes to the server as an ordinary form.

// The drawing of the ankle: a place ticks the box of the same name, and the box colours the place.
function boxOf(spot) {
  return document.querySelector(`input[name="place"][value="${spot.dataset.place}"]`);
}
function toggle(spot) {
  const box = boxOf(spot);
  if (!box) return;
  box.checked = !box.checked;
  spot.setAttribute("aria-checked", String(box.checked));
}
document.addEventListener("click", (event) => {
  const spot = event.target.closest?.("[data-place]");
  if (spot) toggle(spot);
  const printed = event.target.closest?.("[data-print]");
  if (printed) {
    const page = window.open(printed.href);
    if (page) {
      event.preventDefault();
      page.addEventListener("load", () => page.print());
    }
  }
  if (event.target.closest?.(".rom-skip")) document.getElementById("content")?.focus();
});
document.addEventListener("keydown", (event) => {
  const spot = event.target.closest?.("[data-place]");
  if (spot && (event.key === " " || event.key === "Enter")) {
    event.preventDefault();
    toggle(spot);
  }
});
document.addEventListener("change", (event) => {
  if (event.target.name === "place") {
    for (const spot of document.querySelectorAll(`[data-place="${event.target.value}"]`))
      spot.setAttribute("aria-checked", String(event.target.checked));
  }
  if (event.target.type === "file") {
    const words = document.querySelector("[data-chosen]");
    if (words) words.textContent = event.target.files[0]?.name ?? "";
  }
});

// A video of this computer: sent as it is, with how far it is in words.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  event.preventDefault();
  const file = form.querySelector("input[type=file]").files[0];
  const said = form.querySelector("[data-said]");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  if (!file) return failed(form.dataset.none);
  if (file.size > Number(form.dataset.most)) return failed(form.dataset.large);
  const day = form.querySelector("input[type=date]")?.value ?? "";
  const sent = new XMLHttpRequest();
  sent.open("POST", `${form.action}?day=${encodeURIComponent(day)}`);
  sent.setRequestHeader("Content-Type", "application/octet-stream");
  sent.upload.addEventListener("progress", (now) => {
    if (now.lengthComputable) bar.value = now.loaded / now.total;
  });
  sent.addEventListener("load", () => {
    let told = {};
    try {
      told = JSON.parse(sent.responseText);
    } catch {}
    if (told.next) window.location.assign(told.next);
    else failed(told.reason ?? form.dataset.failed);
  });
  sent.addEventListener("error", () => failed(form.dataset.failed));
  function failed(words) {
    said.textContent = words;
    said.className = "rom-trouble";
    button.disabled = false;
    bar.hidden = true;
  }
  button.disabled = true;
  bar.hidden = false;
  said.textContent = form.dataset.sending;
  said.className = "rom-note";
  sent.send(file);
});

// Where somebody is signed in: what they do keeps them so, and a page whose sign-in is over is left, not shown.
const HERE_EVERY_MS = 60_000;
let told = Date.now();
function here(method) {
  if (!document.querySelector('form[action="/sign-out"]')) return;
  fetch("/here", { method }).then(
    (answer) => answer.status === 401 && window.location.replace("/sign-in?over=1"),
    () => {},
  );
}
function didSomething() {
  if (Date.now() - told < HERE_EVERY_MS) return;
  told = Date.now();
  here("POST");
}
for (const doing of ["keydown", "pointerdown", "wheel"]) document.addEventListener(doing, didSomething, { passive: true });
document.addEventListener("visibilitychange", () => document.hidden || here("GET"));
setInterval(() => here("GET"), HERE_EVERY_MS);
