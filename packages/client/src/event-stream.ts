/** One server-sent event. */
interface StreamEvent {
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/** The events of an answer, as they come, until it ends; a silence of `silenceMaxMs` ends it too. The signal may be one that the connection itself knows nothing of. */
export async function* eventsOf(response: Response, { silenceMaxMs, signal }: { readonly silenceMaxMs: number; readonly signal: AbortSignal }): AsyncGenerator<StreamEvent, void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = "";
  try {
    for (;;) {
      const chunk = await heard(reader.read(), { silenceMaxMs, signal });
      if (chunk === null || chunk.done) return;
      const blocks = (rest + chunk.value).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): StreamEvent | null {
  let id: string | null = null;
  let name = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ""] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { id, name, data: data.join("\n") };
}

/** null after the silence. */
function heard<T>(reading: Promise<T>, { silenceMaxMs, signal }: { readonly silenceMaxMs: number; readonly signal: AbortSignal }): Promise<T | null> {
  return new Promise((done, failed) => {
    const stop = () => failed(signal.reason);
    const timer = setTimeout(() => done(null), silenceMaxMs);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    void reading.then(done, failed).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    });
  });
}
