let context: AudioContext | null = null;

/** A short soft tone; nothing where the browser has none, or waits for a first click. */
export function ring(): void {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") return void context.resume();
    const [tone, gain, now] = [context.createOscillator(), context.createGain(), context.currentTime];
    tone.frequency.setValueAtTime(740, now);
    tone.frequency.setValueAtTime(988, now + 0.09);
    gain.gain.setValueAtTime(0.0001, now);
    gain.gain.exponentialRampToValueAtTime(0.12, now + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.35);
    tone.connect(gain).connect(context.destination);
    tone.start(now);
    tone.stop(now + 0.4);
  } catch {
    // then it is silent
  }
}
