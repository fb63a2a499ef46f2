import { useId, useState, type ChangeEvent, type FormEvent, type JSX } from "react";

import type { SimulationInput } from "../format/simulation.ts";
import { TokenField } from "./TokenField.tsx";
import type { TokenEntry } from "./use-token.ts";

interface SimulationFormProps {
  readonly input: SimulationInput;
  readonly token: TokenEntry;
  readonly onChange: (part: Partial<SimulationInput>) => void;
  /** Seconds that a simulation has been running; null when none is. */
  readonly busy: number | null;
  readonly onStart: () => void;
  readonly onStop: () => void;
}

type FieldName = Exclude<keyof SimulationInput, "policy" | "more">;

const WORLD: readonly (readonly [name: FieldName, label: string, example: string])[] = [
  ["trafficPerDay", "Requests a day", "54.5"],
  ["prevalence", "Positives among them", "17.4%"],
  ["recall", "Champion’s recall", "81%"],
  ["precision", "Champion’s precision", "90%"],
  ["precisionChange", "Challenger’s precision differs by", "-0.5pp"],
];

export function SimulationForm({ input, token, onChange, busy, onStart, onStop }: SimulationFormProps): JSX.Element {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy === null) onStart();
  };
  return (
    <form className="panel simulate-form" onSubmit={submit}>
      <PolicyField input={input} onChange={onChange} />
      <fieldset>
        <legend>World</legend>
        <p className="quiet">What is left empty is assumed, and the answer says so.</p>
        <div className="simulate-fields">
          {WORLD.map(([name, label, example]) => (
            <Field key={name} name={name} label={label} example={`e.g. ${example}`} input={input} onChange={onChange} />
          ))}
        </div>
        <MoreField input={input} onChange={onChange} />
      </fieldset>
      <fieldset>
        <legend>What to try</legend>
        <Field name="effects" label="True changes of recall, or of a ramp’s metric" example="-10%, 0%, 5%, 10%, 20%" input={input} onChange={onChange} />
        <Field name="metric" label="Of a ramp: the metric" example="that of the first noWorseThan check" input={input} onChange={onChange} />
        <div className="simulate-fields">
          <Field name="runs" label="Runs for each" example="500" input={input} onChange={onChange} />
          <Field name="seed" label="Seed" example="1" input={input} onChange={onChange} />
        </div>
      </fieldset>
      <TokenField entry={token} />
      <div className="dialog-buttons">
        {busy === null ? null : (
          <button type="button" className="button" onClick={onStop}>
            Give up
          </button>
        )}
        <button type="submit" className="button button-primary" aria-disabled={busy !== null}>
          {busy === null ? "Simulate" : "Simulating …"}
        </button>
      </div>
    </form>
  );
}

type PartProps = Pick<SimulationFormProps, "input" | "onChange">;

function PolicyField({ input, onChange }: PartProps): JSX.Element {
  const ids = { text: useId(), file: useId() };
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const load = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? [];
    if (file === undefined) return;
    try {
      onChange({ policy: await file.text() });
      setUnreadable(null);
    } catch {
      setUnreadable(`${file.name} can't be read.`);
    }
  };
  return (
    <>
      <label htmlFor={ids.text}>Policy</label>
      <textarea id={ids.text} className="code" rows={14} required spellCheck={false} value={input.policy} maxLength={100_000} onChange={(event) => onChange({ policy: event.target.value })} />
      <div className="simulate-file">
        <label htmlFor={ids.file}>or a file</label>
        <input id={ids.file} type="file" accept=".yaml,.yml,.json" onChange={(event) => void load(event)} />
      </div>
      {unreadable === null ? null : <p role="alert">{unreadable}</p>}
    </>
  );
}

function MoreField({ input, onChange }: PartProps): JSX.Element {
  const id = useId();
  return (
    <details className="simulate-more">
      <summary>More of the world</summary>
      <label htmlFor={id}>
        Lines of a world file <span className="quiet">with keys that are not above</span>
      </label>
      <textarea id={id} className="code" rows={4} spellCheck={false} value={input.more} maxLength={15_000} placeholder="labels: { median: 12h, p95: 72h, coverage: 99% }" onChange={(event) => onChange({ more: event.target.value })} />
    </details>
  );
}

function Field({ name, label, example, input, onChange }: PartProps & { readonly name: FieldName; readonly label: string; readonly example: string }): JSX.Element {
  const id = useId();
  return (
    <div className="simulate-field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" autoComplete="off" spellCheck={false} value={input[name]} placeholder={example} onChange={(event) => onChange({ [name]: event.target.value })} />
    </div>
  );
}
