import { load, swap } from "./part.js";

// A visitor who asks for a person: the bar, the sound and the title. None of them says anything about the visitor but the language.

const quiet = document.title;
let sounds = 0;
let counts = 0;
let loud = "";
let urgent = -1; // urgent requests that nobody has, -1 before the first look
let reminder = 0;
let told = 0; // when the last of them was told
const remind = 5 * 60000; // ms between two reminders of them
const apart = 20000; // ms between two that come one after the other
/** @type {AudioContext|null} */
let audio = null;

/** Fetches the bar. */
export async function refreshRing() {
  swap(await load("/staff/ring?at=" + encodeURIComponent(location.pathname)), "ring");
  shown();
}

function shown() {
  const bar = document.getElementById("ring");
  if (!bar) return;
  const calls = document.getElementById("calls");
  calls.textContent = bar.dataset.calls;
  calls.hidden = bar.dataset.calls === "0";
  const ringing = bar.dataset.loud === "true";
  const open = Number(bar.dataset.urgent);
  document.getElementById("hot").hidden = !open;
  document.getElementById("hot-count").textContent = String(open);
  document.title = ringing ? document.getElementById("notices").dataset.title : open ? `(${open}) ${quiet}` : quiet;
  if (urgent >= 0 && open > urgent && Date.now() - told > apart) {
    told = Date.now();
    chime();
  }
  if (open !== urgent) {
    clearInterval(reminder);
    if (open) reminder = setInterval(chime, remind);
  }
  urgent = open;
  clearInterval(counts);
  const left = document.getElementById("left");
  if (left) {
    let seconds = Number(left.dataset.left);
    counts = setInterval(() => {
      seconds -= 1;
      if (seconds < 0) {
        clearInterval(counts);
        return;
      }
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 1000);
  }
  if (ringing && loud !== "on") {
    loud = "on";
    chime();
    sounds = setInterval(chime, 4000);
  } else if (!ringing) {
    loud = "";
    clearInterval(sounds);
  }
}

/** Two soft notes, made here. A browser that was not touched yet stays silent; the bar and the title do not. */
function chime() {
  try {
    audio ||= new AudioContext();
    const now = audio.currentTime;
    for (const [note, at] of [[660, 0], [880, 0.18]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = note;
      volume.gain.setValueAtTime(0.0001, now + at);
      volume.gain.exponentialRampToValueAtTime(0.08, now + at + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.35);
      tone.connect(volume).connect(audio.destination);
      tone.start(now + at);
      tone.stop(now + at + 0.4);
    }
  } catch {
    // no sound here
  }
}

shown();
