/** One server-sent event. */
interface StreamEvent {
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/** The events of an answer, as they come, until it ends; a silence of `silenceMaxMs` ends it too. */
export async function* eventsOf(response: Response, silenceMaxMs: number): AsyncGenerator<StreamEvent, void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = "";
  try {
    for (;;) {
      const chunk = await heard(reader.read(), silenceMaxMs);
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

function heard<T>(reading: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => done(null), ms);
    reading.then(done, failed).finally(() => clearTimeout(timer));
  });
}
