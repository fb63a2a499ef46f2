import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type JSX } from "react";

import { sendSimulation } from "../api/simulations.ts";
import { NO_WORLD, simulationActOf, type SimulationInput } from "../format/simulation.ts";
import { FailureNote } from "./FailureNote.tsx";
import { SimulationForm } from "./SimulationForm.tsx";
import { SimulationResult } from "./SimulationResult.tsx";
import { useToken } from "./use-token.ts";

/** The form on one side, what came of the last simulation on the other. */
export function Simulator({ policy }: { readonly policy: string }): JSX.Element {
  const [input, setInput] = useState<SimulationInput>(() => ({ ...NO_WORLD, policy }));
  const token = useToken();
  const stop = useRef<AbortController | null>(null);
  const simulation = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController();
      const current = token.current();
      const report = await sendSimulation(simulationActOf(input), { token: current, signal: stop.current.signal });
      token.accepted(current);
      return report;
    },
    onError: token.failed,
  });
  // Who leaves the page needs no answer.
  useEffect(() => () => stop.current?.abort(), []);
  const elapsedSeconds = useElapsed(simulation.isPending);
  const givenUp = simulation.error instanceof DOMException && simulation.error.name === "AbortError";
  return (
    <div className="simulate">
      <SimulationForm
        input={input}
        token={token}
        onChange={(part) => setInput((before) => ({ ...before, ...part }))}
        busy={simulation.isPending ? elapsedSeconds : null}
        onStart={() => simulation.mutate()}
        onStop={() => stop.current?.abort()}
      />
      <div className="simulate-answer" aria-busy={simulation.isPending}>
        <output className="hidden">{simulation.isPending ? "Simulating …" : simulation.isSuccess ? "The simulation is done." : ""}</output>
        {simulation.isError && !givenUp ? <FailureNote title="Not simulated" error={simulation.error} /> : null}
        {givenUp ? <p className="note">Given up; the server has stopped too.</p> : null}
        {simulation.isPending ? <p className="note note-info">Simulating … {elapsedSeconds} s. The server tries one policy at a time and keeps a processor for its other work.</p> : null}
        {simulation.data === undefined ? simulation.isIdle ? <p className="empty">The answer will be here: chances to promote, retain and roll back against the true effect, beside a test that is looked at daily without a correction.</p> : null : <SimulationResult report={simulation.data} />}
      </div>
    </div>
  );
}

/** Whole seconds since `running` became true. */
function useElapsed(running: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return undefined;
    const start = performance.now();
    const timer = window.setInterval(() => setSeconds(Math.floor((performance.now() - start) / 1000)), 500);
    return () => {
      window.clearInterval(timer);
      setSeconds(0);
    };
  }, [running]);
  return seconds;
}
