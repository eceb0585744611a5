/**
 * The recording page: shows the camera, asks the server what it sees, records, and hands the recording over.
 *
 * Three things run beside one another. `Live` sends one small picture at a time and gets one answer; a picture that
 * comes while the last answer is still out is never sent. `Recording` keeps every piece of the full recording until
 * the server has said that it is on the disk. The rest is one screen, drawn from the last answer.
 */

const told = JSON.parse(document.getElementById("told").textContent);
const text = told.texts;
const $ = (id) => document.getElementById(id);
const say = (name, gaps = {}) => text[name].replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const SENT_LONG_SIDE_PX = 640; // of the pictures that are looked at live
const JPEG_QUALITY = 0.8;
const PIECE_MS = 1000; // of the recording; what a crash of the browser can cost
const ASLEEP_MS = 15_000; // timers that stand still for longer: the computer slept; a busy one halts for some seconds
const TURN_ROUND_MS = 6000; // to read "turn round" before the next side is looked for
const SPEAK_AFTER_MS = 1200; // a sentence of the set-up is spoken once it has stood that long
const GAUGE_DEG = [-60, 40]; // the scale that is drawn
const GAUGE_SWEEP_DEG = 240;
const ANYWAY_AFTER_MS = 20_000; // of a set-up that does not turn green
const AS_BEFORE = "as_before";

// ---- The server -----------------------------------------------------------------------------------------------

class Refused extends Error {}

/** Ask until the server answers; only a refusal (4xx) gives up. */
async function insist(method, path, body) {
  for (let pause = 250; ; pause = Math.min(pause * 2, 4000)) {
    try {
      const json = body !== undefined && !(body instanceof Blob);
      const answer = await fetch(path, {
        method,
        body: json ? JSON.stringify(body) : body,
        headers: json ? { "Content-Type": "application/json" } : {},
      });
      if (answer.ok) {
        trouble(null, "keeping");
        return await answer.json();
      }
      if (answer.status < 500) throw new Refused((await answer.json().catch(() => ({}))).detail ?? "");
      trouble(answer.status === 507 ? "disk_full" : "server_gone", "keeping");
    } catch (error) {
      if (error instanceof Refused) throw error;
      trouble("server_gone", "keeping");
    }
    await wait(pause);
  }
}

// ---- The recording ----------------------------------------------------------------------------------------------

// The first that the browser makes. H.264 costs least, and often the graphics card makes it. VP8 comes last: its
// threads wait for one another by spinning, and beside one busy core they keep 7 pictures a second of 30.
const KINDS = [
  "video/webm;codecs=h264",
  "video/mp4;codecs=avc1",
  "video/webm;codecs=vp9",
  "video/webm;codecs=vp8",
  "video/webm",
  "video/mp4",
];
const kindOfRecording = () => KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";

class Recording {
  /** Starts at once; the pieces stand in line behind the row of the examination. */
  constructor(stream, side) {
    this.bytes = this.pieces = 0;
    this.started = performance.now();
    this.notes = { phases: [], pain: [], repetitions: 0 };
    this.kept = insist("POST", "/record/exams", { side }).then((made) => (this.exam = made.exam));
    this.kept.catch((error) => not_kept(this, error));
    this.recorder = new MediaRecorder(stream, { mimeType: kindOfRecording(), videoBitsPerSecond: told.bits_per_s });
    this.ended = new Promise((done) => (this.recorder.onstop = done));
    this.recorder.ondataavailable = (event) => event.data.size && this.keep(event.data);
    this.recorder.start(PIECE_MS);
  }

  now_s() {
    return (performance.now() - this.started) / 1000;
  }

  keep(piece) {
    const [number, from] = [this.pieces++, this.bytes];
    this.bytes += piece.size;
    this.kept = this.kept.then(() => insist("PUT", `/record/${this.exam}/chunks/${number}?from=${from}`, piece));
    this.kept.catch((error) => not_kept(this, error));
  }

  /** End it; the way on as the server says it. */
  async hand_over() {
    await this.end();
    const told = { chunks: this.pieces, size: this.bytes, notes: this.notes };
    return insist("POST", `/record/${this.exam}/done`, told);
  }

  async throw_away() {
    await this.end();
    return insist("DELETE", `/record/${this.exam}`);
  }

  async end() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.ended;
    await this.kept;
  }
}

// ---- The live picture -------------------------------------------------------------------------------------------

class Live {
  constructor(side, video, answered) {
    Object.assign(this, { side, video, answered, out: null, fresh: 0, closed: false });
    this.canvas = document.createElement("canvas");
    this.connect();
    this.next_picture();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const { width, height } = state.stream.getVideoTracks()[0].getSettings();
    const query = new URLSearchParams({ side: this.side, page: `${told.page}-${state.take}`, width, height });
    this.socket = new WebSocket(`${scheme}://${location.host}/record/live?${query}`);
    this.socket.onopen = () => {
      this.out = null;
      trouble(null, "looking");
      if (state.paused) this.tell({ pause: true });
      this.send();
    };
    this.socket.onmessage = (event) => {
      const captured = this.out;
      this.out = null;
      if (!this.closed) this.answered(JSON.parse(event.data), captured);
      this.send();
    };
    this.socket.onclose = async () => {
      if (this.closed) return;
      trouble("server_gone", "looking");
      await wait(1000);
      if (!this.closed) this.connect();
    };
  }

  /** The camera's next picture, with the time it was taken. */
  next_picture() {
    if (this.closed) return;
    const seen = (now, about) => {
      this.fresh = about?.captureTime ?? now;
      this.send();
      this.next_picture();
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(seen);
    else requestAnimationFrame(seen);
  }

  /** The newest picture, unless one is out or none is new. */
  send() {
    if (this.out !== null || !this.fresh || this.closed || this.socket.readyState !== WebSocket.OPEN) return;
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) return;
    const captured = (this.out = this.fresh);
    this.fresh = 0;
    const share = Math.min(1, SENT_LONG_SIDE_PX / Math.max(videoWidth, videoHeight));
    this.canvas.width = Math.round(videoWidth * share);
    this.canvas.height = Math.round(videoHeight * share);
    const brush = this.canvas.getContext("2d", { alpha: false });
    brush.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const socket = this.socket;
    this.canvas.toBlob((jpeg) => {
      if (jpeg && socket.readyState === WebSocket.OPEN) socket.send(new Blob([new Float64Array([captured]), jpeg]));
    }, "image/jpeg", JPEG_QUALITY);
  }

  tell(what) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  close() {
    this.closed = true;
    this.socket.close();
  }
}

// ---- What the page knows ----------------------------------------------------------------------------------------

const state = { side: told.side, take: 0, stream: null, live: null, recording: null, phase: "", paused: "", asked: null };
const video = $("picture");

/** Film one side: camera, set-up, guided recording. */
async function film() {
  show_card(text.opening);
  try {
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) throw { name: "unsupported" };
    await open_camera();
  } catch (error) {
    return show_fault(error.name);
  }
  Object.assign(state, { recording: null, phase: "", paused: "", asked: null });
  state.take++; // the guide begins anew; after a lost connection it goes on where it was
  document.title = $("title").textContent = say("title", { side: text[state.side] });
  $("main").dataset.shows = "live";
  $("main").focus({ preventScroll: true });
  write(text.looking);
  state.live = new Live(state.side, video, answered);
}

async function open_camera() {
  const wanted = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  state.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  for (const track of state.stream.getVideoTracks()) track.addEventListener("ended", camera_lost);
  video.srcObject = state.stream;
  await video.play();
  state.awake = await navigator.wakeLock?.request("screen").catch(() => null);
}

function close_camera() {
  trouble(null, "guide");
  state.live?.close();
  state.stream?.getTracks().forEach((track) => track.stop());
  state.awake?.release().catch(() => {});
  Object.assign(state, { stream: null, live: null, awake: null });
}

/** One answer of the server: draw it, and follow the guide. */
function answered({ angle_deg, points, checks, guide }, captured) {
  if (!state.live) return;
  draw_leg(points);
  draw_gauge(angle_deg, guide.hold_share);
  if (guide.phase !== state.phase) new_phase(guide);
  if (guide.recording && !state.recording) start_recording(guide.phase);
  if (state.recording) {
    const { notes } = state.recording;
    notes.repetitions = Math.max(notes.repetitions, guide.repetition);
  }
  show_guide(checks, guide);
  requestAnimationFrame(() => {
    document.dispatchEvent(new CustomEvent("drawn", { detail: { captured, drawn: performance.now() } }));
  });
  if (guide.phase === "done" || guide.phase === "stopped") hand_over(guide);
}

function new_phase({ phase }) {
  if (state.phase === "ask_pain") note_pain(null); // nothing was answered
  state.phase = $("main").dataset.phase = phase;
  $("anyway").hidden = true;
  clearTimeout(state.patience);
  const anew = state.recording && ["set_up", "countdown"].includes(phase); // the program was ended in the middle
  trouble(anew ? "begun_anew" : null, "guide");
  if (phase === "set_up") state.patience = setTimeout(() => ($("anyway").hidden = false), ANYWAY_AFTER_MS);
  note_phase(phase);
  $("pain").hidden = phase !== "ask_pain";
  state.asked = phase === "ask_pain" ? {} : null;
}

function start_recording(phase) {
  state.recording = new Recording(state.stream, state.side);
  $("lamp").hidden = false;
  note_phase(phase);
}

function note_phase(phase) {
  state.recording?.notes.phases.push({ phase, time_s: state.recording.now_s() });
}

function note_pain(pain) {
  if (state.asked && !state.asked.answered) {
    state.asked.answered = true;
    state.recording?.notes.pain.push({ pain, time_s: state.recording.now_s() });
  }
}

function answer_pain(pain) {
  if (!state.asked || state.asked.answered) return;
  note_pain(pain);
  state.live?.tell(pain === AS_BEFORE ? { same: true } : { pain });
  $("pain").hidden = true;
}

// ---- Ends -------------------------------------------------------------------------------------------------------

/** The guide is through, or ended it for a reason: the recording goes to the server, and on. */
async function hand_over(guide) {
  const { recording } = state;
  close_camera();
  if (!recording) return show_stopped(guide?.reason);
  show_card(text.saving);
  try {
    const way = await recording.hand_over();
    state.recording = null;
    go_on(way, guide?.phase === "stopped" ? guide.reason : "");
  } catch (error) {
    show_fault("refused", error.message);
  }
}

/** Nobody goes on moving for a recording that is not kept: it ends as soon as the server has refused a piece. */
function not_kept(recording, error) {
  if (state.recording !== recording || !state.live) return;
  state.recording = null;
  show_fault("refused", error.message);
}

/** The next side, or the result. */
async function go_on(way, reason = "") {
  $("lamp").hidden = true;
  if (way.side && !reason) {
    state.side = way.side;
    show_card(say("turn_round", { side: text[way.side] }), text.turn_round_detail, [[text.next, film]]);
    const shown = $("prompt").textContent;
    await wait(TURN_ROUND_MS);
    if ($("prompt").textContent === shown) film();
    return;
  }
  show_card(reason || text.all_done, text.all_done_detail, [[text.to_result, way.go]]);
  await wait(reason ? TURN_ROUND_MS : 2000);
  location.assign(way.go);
}

/** Stopped by hand, or by a lost camera: the person says what becomes of it. */
function show_stopped(sentence, detail) {
  const { recording } = state;
  close_camera();
  $("lamp").hidden = true;
  if (!recording) {
    return show_card(sentence || text.stopped, detail ?? text.nothing_recorded, [[text.try_again, film], [text.back, "/exam"]]);
  }
  recording.end().catch(() => {});
  show_card(sentence || text.stopped, detail ?? text.stopped_detail, [
    [text.measure_it, () => hand_over()],
    [text.film_again, () => throw_away(recording)],
  ]);
}

async function throw_away(recording) {
  state.recording = null;
  await recording.throw_away().catch(() => {});
  film();
}

const stop = () => state.live && show_stopped();
const camera_lost = () => state.stream && show_stopped(told.faults.ended.sentence, told.faults.ended.way);

/** A recording that an earlier visit left behind comes first. */
function show_left(left) {
  const settle = (method, path) => async () => {
    show_card(text.saving);
    try {
      await insist(method, path, method === "POST" ? {} : undefined);
      location.reload(); // which goes on to the next one, the next side, or the result
    } catch (error) {
      show_fault("refused", error.message);
    }
  };
  show_card(say("left_behind", { side: text[left.side] }), text.left_behind_detail, [
    [text.measure_it, settle("POST", `/record/${left.exam}/done`)],
    [text.throw_away, settle("DELETE", `/record/${left.exam}`)],
  ]);
}

// ---- Pauses and faults --------------------------------------------------------------------------------------------

function pause(why = "by_hand") {
  if (!state.live || state.paused) return;
  state.paused = why;
  state.live.tell({ pause: true });
  $("pause").textContent = text.go_on;
  $("pause").classList.add("first");
  const fault = told.faults[why];
  write(fault?.sentence ?? text.paused, fault?.way ?? text.paused_detail);
}

function resume() {
  if (!state.live || !state.paused) return;
  state.paused = "";
  state.live.tell({ pause: false });
  $("pause").textContent = text.pause;
  $("pause").classList.remove("first");
}

/** After sleep: a camera that is still there goes on; outside a recording it is opened anew. */
async function woken() {
  pause("asleep");
  if (state.recording || !state.stream) return;
  state.stream.getTracks().forEach((track) => track.stop());
  await open_camera().catch((error) => show_fault(error.name));
}

const troubles = new Map();

/** A line that stands while the server is gone or the disk is full; null takes it away. */
function trouble(code, whose) {
  if (code) troubles.set(whose, code);
  else troubles.delete(whose);
  const fault = told.faults[[...troubles.values()][0]];
  $("fault").hidden = !fault;
  const sentence = fault ? `${fault.sentence} ${fault.way}` : "";
  if ($("fault").textContent !== sentence) {
    $("fault").textContent = sentence;
    announce(sentence);
  }
}

/** The ways of filming without this camera; a phone has none of its own where people sign in. */
function elsewhere() {
  return [[text.upload, told.upload], [text.phone, told.phone]].filter(([, to]) => to);
}

/** The camera cannot be had: why, and every way on. */
function show_fault(name, detail = "") {
  close_camera();
  $("lamp").hidden = true;
  const fault = told.faults[name] ?? told.faults.unknown;
  const ways = name === "unsupported" ? [] : [[name === "refused" ? text.film_again : text.try_again, film]];
  show_card(fault.sentence, detail || fault.way, [...ways, ...elsewhere()]);
}

// ---- The screen ---------------------------------------------------------------------------------------------------

/** One sentence, one explanation, and buttons: a function to call or an address to go to. */
function show_card(sentence, detail = "", ways = []) {
  $("main").dataset.shows = "card";
  write(sentence, detail);
  $("ways").replaceChildren(...ways.map(([label, way], k) => {
    const button = document.createElement(typeof way === "string" ? "a" : "button");
    button.textContent = label;
    button.className = k ? "button" : "button first";
    if (typeof way === "string") button.href = way;
    else button.onclick = way;
    return button;
  }));
  $("ways").firstElementChild?.focus({ preventScroll: true });
}

function show_guide(checks, guide) {
  if (checks.length) show_checks(checks);
  $("countdown").hidden = guide.phase !== "countdown" || Boolean(state.paused);
  set($("countdown"), String(Math.ceil(guide.countdown_s || 0)));
  const all = guide.repetitions;
  const number = Math.min(Math.max(guide.repetition, 1), all);
  set($("count"), all ? say("repetition", { number, all }) : "");
  if (state.paused || $("main").dataset.shows !== "live") return;
  const red = guide.phase === "set_up" && checks.find((check) => !check.ok);
  const asking = guide.phase === "ask_pain" && !state.asked?.answered;
  const detail = asking ? text.hurts_detail : guide.remark;
  write(red ? red.message : guide.prompt.sentence, detail, detail && !asking ? "remark" : "", Boolean(red));
}

function show_checks(checks) {
  const list = $("checks");
  while (list.children.length < checks.length) {
    const line = list.appendChild(document.createElement("li"));
    line.append(document.createElement("b"), document.createElement("span"));
    line.firstChild.ariaHidden = "true";
  }
  const first = checks.find((check) => !check.ok); // what to do stands in large words already
  checks.forEach((check, k) => {
    const [mark, words] = list.children[k].children;
    const said_above = checks.slice(0, k).some((above) => !above.ok && above.message === check.message);
    list.children[k].hidden = !check.ok && said_above;
    list.children[k].toggleAttribute("data-ok", check.ok);
    set(mark, check.ok ? "✓" : "→");
    set(words, check.ok || check === first ? check.title : check.message);
  });
}

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** The large words; said aloud when they change. */
function write(sentence, detail = "", kind = "", may_flicker = false) {
  const changed = $("prompt").textContent !== sentence || $("detail").textContent !== detail;
  set($("prompt"), sentence);
  set($("detail"), detail);
  $("detail").dataset.kind = kind;
  if (changed) announce(`${kind === "remark" ? detail : ""} ${sentence}`.trim(), may_flicker ? SPEAK_AFTER_MS : 0);
}

let speaking = 0;

/** To the ear: a screen reader's polite line and the browser's voice, once the words have stood for a while. */
function announce(words, after_ms = 0) {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    set($("spoken"), words);
    if (!window.speechSynthesis || muted() || !words) return;
    speechSynthesis.cancel();
    const spoken = new SpeechSynthesisUtterance(words);
    spoken.lang = document.documentElement.lang;
    speechSynthesis.speak(spoken);
  }, after_ms);
}

const muted = () => localStorage.getItem("rom_muted") === "yes";

function show_mute() {
  set($("mute"), muted() ? text.sound_off : text.sound_on);
  $("mute").ariaPressed = String(muted());
}

function mute() {
  localStorage.setItem("rom_muted", muted() ? "no" : "yes");
  if (muted()) window.speechSynthesis?.cancel();
  show_mute();
}

// ---- Drawings -----------------------------------------------------------------------------------------------------

const LINES = [["#ffd23f", "fibular_head", "lateral_malleolus"], ["#4fd1ff", "plantar_heel", "plantar_mt5"]];

/** The shank line and the foot line over the picture, mirrored as it is. */
function draw_leg(points) {
  const canvas = $("leg");
  const [width, height] = [canvas.clientWidth * devicePixelRatio, canvas.clientHeight * devicePixelRatio];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const brush = canvas.getContext("2d");
  brush.clearRect(0, 0, width, height);
  if (!video.videoWidth) return;
  const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
  const [wide, high] = [video.videoWidth * scale, video.videoHeight * scale];
  const place = (name) => {
    const at = points[name];
    return at && [(width - wide) / 2 + (1 - at[0]) * wide, (height - high) / 2 + at[1] * high];
  };
  brush.lineCap = "round";
  for (const [colour, from, to] of LINES) {
    const [a, b] = [place(from), place(to)];
    if (a && b) for (const [style, thick] of [["#000a", 0.016], [colour, 0.009]]) line(brush, a, b, style, thick * wide);
  }
}

function line(brush, [ax, ay], [bx, by], style, thick) {
  Object.assign(brush, { strokeStyle: style, fillStyle: style, lineWidth: thick });
  brush.beginPath();
  brush.moveTo(ax, ay);
  brush.lineTo(bx, by);
  brush.stroke();
  for (const [x, y] of [[ax, ay], [bx, by]]) {
    brush.beginPath();
    brush.arc(x, y, thick * 1.1, 0, 2 * Math.PI);
    brush.fill();
  }
}

/** Where an angle stands on the gauge, (x, y) at a radius: plantar flexion to the left, dorsiflexion to the right. */
function on_gauge(angle_deg, radius) {
  const [low, high] = GAUGE_DEG;
  const share = Math.min(Math.max((angle_deg - low) / (high - low), 0), 1);
  const turn = ((share - 0.5) * GAUGE_SWEEP_DEG * Math.PI) / 180;
  return [100 + radius * Math.sin(turn), 100 - radius * Math.cos(turn)];
}

function draw_scale() {
  const [[ax, ay], [bx, by]] = GAUGE_DEG.map((end) => on_gauge(end, 84));
  $("scale").setAttribute("d", `M${ax} ${ay} A84 84 0 1 1 ${bx} ${by}`);
  for (let angle = GAUGE_DEG[0]; angle <= GAUGE_DEG[1]; angle += 20) {
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const [[x1, y1], [x2, y2]] = [on_gauge(angle, 79), on_gauge(angle, 89)];
    for (const [name, value] of Object.entries({ x1, y1, x2, y2, class: "mark" })) mark.setAttribute(name, value);
    $("marks").append(mark);
  }
}

function draw_gauge(angle, hold_share) {
  const known = angle !== null;
  set($("angle"), known ? `${Math.round(Math.abs(angle))}°` : "–");
  set($("way"), !known || Math.abs(angle) < 0.5 ? "" : angle > 0 ? text.up : text.down);
  $("needle").toggleAttribute("hidden", !known);
  if (known) {
    const [x, y] = on_gauge(angle, 84);
    $("needle").setAttribute("cx", x);
    $("needle").setAttribute("cy", y);
  }
  $("hold").setAttribute("stroke-dasharray", `${100 * hold_share} 100`);
}

// ---- Begin --------------------------------------------------------------------------------------------------------

function draw_numbers() {
  const numbers = [...Array(11).keys()].map((pain) => [String(pain), pain, ""]);
  $("numbers").replaceChildren(...[...numbers, [text.as_before, AS_BEFORE, "wide"]].map(([label, pain, kind]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, className: kind });
    button.onclick = () => answer_pain(pain);
    return button;
  }));
}

function pressed(event) {
  const on_button = event.target.closest?.("button, a");
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "m" || event.key === "M") mute();
  if (!state.live) return;
  if (event.key === " " && !on_button) {
    event.preventDefault();
    if (state.paused) resume();
    else pause();
  } else if (event.key === "Escape") stop();
  else if (/^[0-9]$/.test(event.key)) answer_pain(Number(event.key));
}

function watch_the_clock() {
  let last = Date.now();
  setInterval(() => {
    const gap = Date.now() - last;
    last = Date.now();
    if (gap > ASLEEP_MS && !document.hidden && state.live) woken();
  }, 1000);
}

function start() {
  show_card(say("title", { side: text[state.side] }), text.start_detail, [[text.start, film], ...elsewhere()]);
}

document.addEventListener("keydown", pressed);
document.addEventListener("visibilitychange", () => document.hidden && pause("hidden"));
window.addEventListener("beforeunload", (event) => state.recording && event.preventDefault());
$("pause").onclick = () => (state.paused ? resume() : pause());
$("stop").onclick = stop;
$("anyway").onclick = () => state.live?.tell({ start: true });
$("mute").onclick = mute;
show_mute();
draw_scale();
draw_numbers();
watch_the_clock();
if (told.left.length) show_left(told.left[0]);
else start();
