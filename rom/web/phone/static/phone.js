// Sends the chosen video as it is, without its name, and says how far it is.
const form = document.querySelector("form");
const said = form.querySelector("[data-said]");
const bar = form.querySelector("progress");
const button = form.querySelector("button");
const inputs = [...form.querySelectorAll("[data-video]")];
let video = null;

function say(words, kind = "") {
  said.textContent = words;
  said.className = kind;
}

for (const input of inputs) {
  input.addEventListener("change", () => {
    const file = input.files[0];
    if (!file) return;
    for (const other of inputs) other.parentElement.classList.toggle("chosen", other === input);
    video = file.size > Number(form.dataset.most) ? null : file;
    button.disabled = video === null;
    if (video) say(`${file.name} (${Math.max(1, Math.round(file.size / 1e6))} MB)`);
    else say(form.dataset.large, "trouble");
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!video) return;
  const sent = new XMLHttpRequest();
  sent.open("POST", location.pathname);
  sent.setRequestHeader("Content-Type", "application/octet-stream");
  sent.upload.addEventListener("progress", (now) => {
    if (now.lengthComputable) bar.value = now.loaded / now.total;
  });
  sent.upload.addEventListener("load", () => say(form.dataset.looking));
  sent.addEventListener("load", () => ended(sent.status, told(sent.responseText)));
  sent.addEventListener("error", () => ended(0, ""));
  busy(true);
  say(form.dataset.sending);
  sent.send(video);
});

function told(text) {
  try {
    return JSON.parse(text).said ?? "";
  } catch {
    return "";
  }
}

function busy(now) {
  bar.hidden = !now;
  button.disabled = now;
  for (const input of inputs) input.disabled = now;
}

function ended(status, words) {
  busy(false);
  if (status === 200) {
    form.querySelector("ol").hidden = true;
    document.querySelector("h1").hidden = true;
    say(words, "done");
  } else say(words || form.dataset.broken, "trouble");
}
