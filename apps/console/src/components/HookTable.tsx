import type { HookDelivery, HookList } from "@gauntlet/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import { sendTest } from "../api/hooks.ts";
import { HOOK_EVENT_WORDS, hookHealth } from "../format/hooks.ts";
import { count } from "../format/number.ts";
import { ago } from "../format/time.ts";
import { wordFor } from "../format/words.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { Icon } from "./Icon.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

type HookStatus = HookList["hooks"][number];

/** Hook by hook: what it is told, whether it hears it, what is waiting, and a test. */
export function HookTable({ hooks, now }: Pick<HookList, "hooks" | "now">): JSX.Element {
  const [testing, setTesting] = useState<HookStatus | null>(null);
  const [tested, setTested] = useState<HookDelivery | null>(null);
  const client = useQueryClient();
  return (
    <>
      <output>{tested === null ? null : <TestAnswer delivery={tested} />}</output>
      <ScrollRegion label="Hooks and whether they hear">
        <table className="hooks-table">
          <thead>
            <tr>
              <th scope="col">Hook</th>
              <th scope="col">Health</th>
              <th scope="col">Last attempt</th>
              <th scope="col" className="number">
                Waiting
              </th>
              <th scope="col">Is told</th>
              <th scope="col">Try it</th>
            </tr>
          </thead>
          <tbody>
            {hooks.map((hook) => (
              <HookRow key={hook.name} hook={hook} now={now} onTest={() => setTesting(hook)} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {testing === null ? null : (
        <ConfirmDialog
          title={
            <>
              Send a test <span className="dialog-model">to {testing.name}</span>
            </>
          }
          happens={testHappens(testing)}
          reasonMax={null}
          label="Send the test"
          send={(confirmed) => sendTest(testing.name, confirmed)}
          onClose={() => setTesting(null)}
          onDone={(delivery) => {
            setTesting(null);
            setTested(delivery);
            void client.invalidateQueries({ queryKey: ["hooks"] });
          }}
        />
      )}
    </>
  );
}

function testHappens({ name, disabled }: HookStatus): readonly string[] {
  return [`${name} is told a test event now. Nothing is decided and nothing moves.`, ...(disabled === null ? [] : ["If it hears the test, it is enabled again."])];
}

function HookRow({ hook, now, onTest }: { readonly hook: HookStatus; readonly now: number; readonly onTest: () => void }): JSX.Element {
  const { icon, tone, words } = hookHealth(hook, now);
  return (
    <tr>
      <th scope="row">
        {hook.name} <span className="quiet">{hook.form}</span>
      </th>
      <td>
        <span className={`check-${tone}`}>
          <Icon name={icon} /> {words}
        </span>
      </td>
      <td>{hook.last === null ? "–" : `${hook.last.detail}, ${ago(hook.last.at, now)}`}</td>
      <td className="number">{count(hook.waiting)}</td>
      <td className="hook-events">{hook.events.map((event) => wordFor(HOOK_EVENT_WORDS, event).toLowerCase()).join(", ")}</td>
      <td>
        <button type="button" className="button button-small" onClick={onTest}>
          Send a test<span className="hidden"> to {hook.name}</span>
        </button>
      </td>
    </tr>
  );
}

function TestAnswer({ delivery: { hook, status, detail } }: { readonly delivery: HookDelivery }): JSX.Element {
  const heard = status === "delivered";
  return (
    <p className={heard ? "check-pass" : "check-fail"}>
      <Icon name={heard ? "pass" : "fail"} /> {hook} {heard ? "heard the test" : "did not hear the test"}: {detail ?? "it was not tried yet"}.
    </p>
  );
}
