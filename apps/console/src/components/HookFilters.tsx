import { useId, type JSX } from "react";

import type { HookFilter } from "../api/hooks.ts";
import { DELIVERY_WORDS, HOOK_EVENT_WORDS } from "../format/hooks.ts";

interface HookFiltersProps {
  readonly filter: HookFilter;
  readonly hooks: readonly string[];
  readonly onChange: (filter: HookFilter) => void;
}

/** Which deliveries are shown; each choice stands in the address, so that a link shows the same. */
export function HookFilters({ filter, hooks, onChange }: HookFiltersProps): JSX.Element {
  const { hook, status, event } = filter;
  const choose = (name: keyof HookFilter, value: string): void => onChange({ hook, status, event, [name]: value === "" ? undefined : value });
  return (
    <div className="hook-filters">
      <Choice label="Hook" value={hook} all="all hooks" options={[...new Set([...hooks, ...(hook === undefined ? [] : [hook])])].map((name) => [name, name])} onChoose={(value) => choose("hook", value)} />
      <Choice label="Outcome" value={status} all="every outcome" options={entries(DELIVERY_WORDS)} onChoose={(value) => choose("status", value)} />
      <Choice label="Event" value={event} all="every event" options={entries(HOOK_EVENT_WORDS)} onChoose={(value) => choose("event", value)} />
    </div>
  );
}

function entries(words: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(words);
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly all: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, all, options, onChoose }: ChoiceProps): JSX.Element {
  const id = useId();
  return (
    <label htmlFor={id} className="against">
      {label}{" "}
      <select id={id} value={value ?? ""} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{all}</option>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
