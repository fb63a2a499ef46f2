import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { openMatchSegments } from "./open-match-segments.ts";

test("where the system takes no more, an append leaves nothing, and all that was acknowledged stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-full-"));
  // A bound on the size of files is met as a full disk is: in the middle of a write.
  const script = join(import.meta.dirname, "testing", "append-until-full.ts");
  const said = execFileSync("sh", ["-c", 'trap "" XFSZ; ulimit -f 128; exec "$0" "$@"', process.execPath, script, folder], { encoding: "utf8" });
  const { acknowledged, count, small, refusal } = JSON.parse(said) as { acknowledged: number; count: number; small: number; refusal: { code: string; fix: string } };
  expect(refusal).toMatchObject({ code: "store_unavailable", fix: expect.stringContaining("full") });
  expect([acknowledged > 0, acknowledged % 100, count]).toEqual([true, 0, acknowledged]);
  const store = await openMatchSegments({ folder, mode: "exclusive", holder: "test", onTorn: () => expect.unreachable() });
  expect((await store.head()).count).toBe(acknowledged + small);
  expect(new Set((await store.read(0, 1e6)).map(({ record }) => record.contentId)).size).toBe(acknowledged + small);
  await store.close();
  rmSync(folder, { recursive: true });
});
