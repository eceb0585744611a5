// Videos on their way: in pieces, each from where the last one ended; a broken connection is tried again, and the
// same file chosen again goes on. What the page says stands in its data-told.

const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const LEAST_PIECE = 256 * 1024;
const MARK_BYTES = 65536;
const page = await mounted("uploads");
const told = JSON.parse(page.dataset.told);
const find = (id) => document.getElementById(id);
const body = page.querySelector("tbody");
const people = new Map();
const videos = [];
let sending = false;

/** The element of an ID, once the page's client has made it. */
function mounted(id) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.getElementById(id);
      if (found) resolve(found);
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Words with their gaps filled. */
function fill(words, values = {}) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function element(tag, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}

/* People: a box to search in, with a list that arrow keys go through. */

const finder = find("finder");
const list = find("finder-list");
let asked = 0;
if (finder.dataset.id) people.set(finder.dataset.id, finder.value);

async function search() {
  const mine = ++asked;
  const answer = await fetch(`/desk/find?q=${encodeURIComponent(finder.value)}`).catch(() => null);
  if (mine !== asked || !answer?.ok) return;
  show(await answer.json());
}

function show(found) {
  list.replaceChildren(
    ...found.map((one, k) => {
      const option = element("li", { id: `found-${k}`, role: "option" }, one.words);
      option.setAttribute("aria-selected", "false");
      if (one.about) option.append(element("span", {}, ` ${one.about}`));
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(one.id, one.words);
      });
      option.dataset.id = one.id;
      option.dataset.words = one.words;
      return option;
    }),
  );
  if (!found.length) say(told.none_found);
  open(found.length > 0);
}

function open(yes) {
  list.hidden = !yes;
  finder.setAttribute("aria-expanded", String(yes));
  if (!yes) finder.removeAttribute("aria-activedescendant");
}

function choose(id, words) {
  people.set(id, words);
  finder.value = words;
  finder.dataset.id = id;
  open(false);
  for (const video of videos) offer(video);
  refresh();
}

function step(by) {
  const options = [...list.children];
  if (!options.length) return;
  const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = (now + by + options.length) % options.length;
  options.forEach((one, k) => one.setAttribute("aria-selected", String(k === next)));
  finder.setAttribute("aria-activedescendant", options[next].id);
  options[next].scrollIntoView({ block: "nearest" });
}

finder.addEventListener("input", () => {
  finder.dataset.id = "";
  search();
});
finder.addEventListener("focus", () => finder.dataset.id || search());
finder.addEventListener("blur", () => open(false));
finder.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) search();
    else step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const one = list.querySelector('[aria-selected="true"]') ?? list.firstElementChild;
    if (one && !list.hidden) choose(one.dataset.id, one.dataset.words);
  } else if (event.key === "Escape") {
    open(false);
  }
});

find("somebody").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await ask("/desk/find", { method: "POST", body: new FormData(form) });
  if (!answer.ok) return say(answer.reason, true);
  choose(answer.id, answer.words);
  form.reset();
  form.closest("details").open = false;
  finder.focus();
});

/* The rows: a video each. */

for (const name of ["dragenter", "dragover"])
  find("drop").addEventListener(name, (event) => {
    event.preventDefault();
    find("drop").classList.add("rom-over");
  });
for (const name of ["dragleave", "drop"])
  find("drop").addEventListener(name, () => find("drop").classList.remove("rom-over"));
find("drop").addEventListener("drop", (event) => {
  event.preventDefault();
  add(event.dataTransfer.files);
});
find("files").addEventListener("change", (event) => {
  add(event.target.files);
  event.target.value = "";
});

function add(files) {
  for (const file of files) {
    const video = { file, state: "waits", sent: 0, tries: 0, row: element("tr") };
    videos.push(video);
    draw(video);
    body.append(video.row);
    if (file.size === 0) stop(video, told.empty);
    else if (file.size > told.most) stop(video, fill(told.large, { size: told.most_gb }));
  }
  find("rows").hidden = videos.length === 0;
  refresh();
}

function labelled(video, words, control) {
  control.setAttribute("aria-label", fill(told.of, { words, name: video.file.name }));
  return control;
}

function copyOf(id) {
  const made = element("select");
  made.append(...[...find(id).options].map((one) => element("option", { value: one.value }, one.text)));
  made.value = find(id).value;
  return made;
}

function draw(video) {
  const filmed = new Date(video.file.lastModified);
  const day = new Date(filmed - filmed.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  video.person = labelled(video, told.person, element("select"));
  video.day = labelled(video, told.day, element("input", { type: "date", max: told.today }));
  video.day.value = day > told.today ? told.today : day;
  video.side = labelled(video, told.side, copyOf("for-side"));
  video.protocol = labelled(video, told.exam, copyOf("for-protocol"));
  video.moved_by = find("for-moved_by").value;
  video.footwear = find("for-footwear").value;
  video.bar = labelled(video, told.sending, element("progress", { max: 1, value: 0 }));
  video.words = element("span", { className: "rom-how" });
  video.button = element("button", { type: "button", className: "rom-button rom-calm" });
  video.button.addEventListener("click", () => press(video));
  offer(video);
  video.person.addEventListener("change", refresh);
  const name = element("th", { scope: "row" }, element("span", { className: "rom-file" }, video.file.name));
  name.append(element("span", { className: "rom-size" }, sizeOf(video.file.size)));
  const named = { person: told.person, day: told.day, side: told.side, protocol: told.exam };
  const cells = Object.entries(named).map(([what, words]) => {
    const cell = element("td", {}, video[what]);
    cell.dataset.head = words;
    return cell;
  });
  video.row.append(name, ...cells, element("td", {}, video.bar, video.words), element("td", {}, video.button));
  tell(video, "waits");
}

function sizeOf(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function offer(video) {
  const now = video.person.value || finder.dataset.id || "";
  video.person.replaceChildren(element("option", { value: "" }, told.not_chosen));
  for (const [id, words] of people) video.person.append(element("option", { value: id }, words));
  video.person.value = people.has(now) ? now : "";
}

/** Says how far a video is, and what its button does. */
function tell(video, state, words = told[state]) {
  video.state = state;
  video.words.textContent = words;
  video.words.classList.toggle("rom-wrong", state === "refused");
  video.bar.value = state === "done" ? 1 : video.sent / (video.file.size || 1);
  video.bar.hidden = state === "waits" || state === "refused";
  const does = { sending: "pause", again: "pause", paused: "go_on", waits: "leave_out", refused: "leave_out" }[state];
  const focused = document.activeElement === video.button;
  video.button.hidden = !does;
  if (focused && !does) find("send").focus();
  if (does) {
    video.button.textContent = told[does];
    labelled(video, told[does], video.button);
  }
  for (const control of [video.person, video.day, video.side, video.protocol]) control.disabled = state !== "waits";
  refresh();
}

function stop(video, words) {
  tell(video, "refused", words);
}

function press(video) {
  if (video.state === "paused") {
    video.tries = 0;
    tell(video, "queued", told.waits);
    run();
  } else if (video.state === "sending" || video.state === "again") {
    tell(video, "paused");
    video.abort?.abort();
    video.wake?.();
  } else {
    videos.splice(videos.indexOf(video), 1);
    const next = video.row.nextElementSibling ?? video.row.previousElementSibling;
    video.row.remove();
    find("rows").hidden = videos.length === 0;
    (next?.querySelector("button:not([hidden])") ?? find("files")).focus();
    refresh();
  }
}

function refresh() {
  const open = videos.filter((video) => video.state === "waits");
  find("send").disabled = open.length === 0;
  if (videos.some((video) => video.state === "done")) {
    const done = videos.filter((video) => video.state === "done").length;
    say(fill(told.all_sent, { done, all: videos.length }));
  }
}

function say(words, wrong = false) {
  find("said").textContent = words;
  find("said").className = wrong ? "rom-trouble" : "rom-note";
}

/* Sending: one video after another. */

find("send").addEventListener("click", () => {
  const open = videos.filter((video) => video.state === "waits");
  const without = open.find((video) => !video.person.value);
  if (without) {
    say(told.nobody, true);
    (people.size ? without.person : finder).focus();
    return;
  }
  for (const video of open) tell(video, "queued", told.waits);
  run();
});

async function run() {
  if (sending) return;
  sending = true;
  for (;;) {
    const video = videos.find((one) => one.state === "queued");
    if (!video) break;
    await send(video);
  }
  sending = false;
}

async function send(video) {
  tell(video, "sending");
  video.tries = 0;
  while (video.state === "sending") {
    try {
      if (!video.id) await begin(video);
      while (video.sent < video.file.size && video.state === "sending") await piece(video);
      if (video.state !== "sending") return;
      tell(video, "looking");
      const answer = await ask(`/desk/uploads/${video.id}/finish`, { method: "POST" });
      if (answer.status === 409) {
        video.sent = answer.offset;
        tell(video, "sending");
        continue;
      }
      if (!answer.ok) return stop(video, answer.reason ?? told.failed);
      return tell(video, "done");
    } catch (error) {
      if (error.told) return stop(video, error.told);
      if (video.state === "paused") return;
      await pause(video);
    }
  }
}

async function begin(video) {
  const said = {
    name: video.file.name,
    size: video.file.size,
    mark: await markOf(video.file),
    person: video.person.value,
    day: video.day.value,
    side: video.side.value,
    protocol: video.protocol.value,
    moved_by: video.moved_by,
    footwear: video.footwear,
  };
  const answer = await ask("/desk/uploads", { method: "POST", body: JSON.stringify(said) });
  if (!answer.ok) throw { told: answer.reason ?? told.failed };
  video.id = answer.id;
  video.sent = answer.offset;
}

function piece(video) {
  video.piece ??= told.piece;
  const end = Math.min(video.sent + video.piece, video.file.size);
  const from = video.sent;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    video.abort = request;
    request.open("PATCH", `/desk/uploads/${video.id}?offset=${from}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (now) => {
      video.bar.value = (from + now.loaded) / video.file.size;
      if (video.state === "sending") video.words.textContent = `${Math.floor((100 * (from + now.loaded)) / video.file.size)} %`;
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {}
      if (request.status === 200 || request.status === 409) {
        video.sent = answer.offset;
        video.tries = 0;
        resolve();
      } else if (request.status === 413 && video.piece > LEAST_PIECE) {
        video.piece = Math.max(LEAST_PIECE, video.piece / 2); // a proxy takes less at a time
        resolve();
      } else if (answer.reason) reject({ told: answer.reason });
      else reject(new Error(String(request.status)));
    });
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => reject(new Error(name)));
    request.send(video.file.slice(from, end));
  });
}

/** Waits longer each time, or until the connection is back; then asks where the upload stands. */
async function pause(video) {
  const wait = RETRY_MS[Math.min(video.tries, RETRY_MS.length - 1)];
  video.tries += 1;
  tell(video, "again", fill(told.again, { seconds: wait / 1000 }));
  await new Promise((resolve) => {
    video.wake = resolve;
    window.addEventListener("online", resolve, { once: true });
    setTimeout(resolve, wait);
  });
  if (video.state !== "again") return;
  tell(video, "sending");
  if (!video.id) return;
  const answer = await ask(`/desk/uploads/${video.id}`).catch(() => null);
  if (answer?.ok) video.sent = answer.offset;
  else if (answer?.status === 404) video.id = "";
}

async function ask(address, how = {}) {
  const answer = await fetch(address, how);
  const said = await answer.json().catch(() => ({}));
  if (answer.status >= 500) throw new Error(String(answer.status));
  return { ...said, ok: answer.ok, status: answer.status };
}

/** What the same file is known by again: a number of its first and last bytes. */
async function markOf(file) {
  const ends = [file.slice(0, MARK_BYTES), file.slice(Math.max(0, file.size - MARK_BYTES))];
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const end of ends)
    for (const byte of new Uint8Array(await end.arrayBuffer())) {
      a = Math.imul(a ^ byte, 2654435761);
      b = Math.imul(b ^ byte, 1597334677);
    }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}

window.addEventListener("beforeunload", (event) => {
  if (videos.some((video) => ["sending", "again", "queued", "looking"].includes(video.state))) event.preventDefault();
});
find("uploads").dataset.ready = "yes";
