import type { JSX } from "react";

/** What a face shows: of the bot, so it is glad when the person lost. */
export type Mood = "calm" | "thinking" | "glad" | "sad" | "even";

interface EyesProps {
  readonly mood: Mood;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size?: number;
}

export function Eyes({ mood, left, right, y, size = 13 }: EyesProps): JSX.Element {
  return (
    <g className={mood === "glad" ? "eyes" : "eyes blinking"}>
      {[left, right].map((x) => (
        <Eye key={x} mood={mood} x={x} y={y} size={size} />
      ))}
      {mood === "sad" ? <path className="face-line" d={`M${left - size} ${y - size * 1.2}l${size * 1.5} ${-size * 0.55}M${right + size} ${y - size * 1.2}l${-size * 1.5} ${-size * 0.55}`} /> : null}
    </g>
  );
}

const LOOKS: Readonly<Record<Exclude<Mood, "glad">, readonly [x: number, y: number]>> = { calm: [0, 0.08], thinking: [0.34, -0.4], sad: [0, 0.38], even: [-0.3, 0.05] };

function Eye({ mood, x, y, size }: { readonly mood: Mood; readonly x: number; readonly y: number; readonly size: number }): JSX.Element {
  if (mood === "glad") return <path className="face-line" d={`M${x - size * 0.9} ${y + size * 0.35}q${size * 0.9} ${-size * 1.4} ${size * 1.8} 0`} />;
  const [dx, dy] = LOOKS[mood];
  return (
    <>
      <circle className="eye-white" cx={x} cy={y} r={size} />
      <circle className="eye-pupil" cx={x + dx * size} cy={y + dy * size} r={size * 0.52} />
      <circle className="eye-white" cx={x + dx * size + size * 0.17} cy={y + dy * size - size * 0.19} r={size * 0.17} />
    </>
  );
}

const MOUTHS: Readonly<Record<Mood, string>> = {
  calm: "M-14 0q14 11 28 0",
  thinking: "M-7 3q9 -6 17 -1",
  glad: "M-19 -3q19 30 38 0z",
  sad: "M-15 8q15 -14 30 0",
  even: "M-13 3h26",
};

export function Mouth({ mood, x, y }: { readonly mood: Mood; readonly x: number; readonly y: number }): JSX.Element {
  return <path className={mood === "glad" ? "mouth-open" : "face-line"} d={MOUTHS[mood]} transform={`translate(${x} ${y})`} />;
}
