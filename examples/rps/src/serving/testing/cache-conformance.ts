import { randomUUID } from "node:crypto";

import type { ModelCache } from "../cache/model-cache.ts";

/** What every cache must do. Each case throws what is wrong; none needs a test framework, so that it also runs against a real server. */
export const CACHE_CASES: readonly { readonly name: string; readonly run: (cache: ModelCache) => Promise<void> }[] = [
  {
    name: "what was written is read, in every byte; what wasn't is null",
    async run(cache) {
      const key = `${randomUUID()}/model/model.bin`;
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 256);
      same(await cache.read(key), null);
      await cache.write(key, bytes);
      sameBytes(await cache.read(key), bytes);
      await cache.write(key, new Uint8Array());
      sameBytes(await cache.read(key), new Uint8Array());
      same(await cache.read(key.slice(0, -4)), null);
    },
  },
  {
    name: "keys are listed by their beginning, in order, with dots and spaces",
    async run(cache) {
      const run = randomUUID();
      const keys = [`${run}/.alias_B`, `${run}/.digest`, `${run}/model/MLmodel`, `${run}/model/a folder/file+1.txt`].toSorted();
      for (const key of keys.toReversed()) await cache.write(key, new Uint8Array([1]));
      await cache.write(`${run}x`, new Uint8Array([1]));
      same(await cache.list(`${run}/`), keys);
      same(await cache.list(`${run}/model/`), keys.filter((key) => key.includes("/model/")));
      same(await cache.list(`${randomUUID()}/`), []);
      same((await cache.list("")).filter((key) => key.startsWith(run)).length, 5);
    },
  },
  {
    name: "one key is removed, and nothing else; again is no failure",
    async run(cache) {
      const run = randomUUID();
      for (const name of ["a", "b"]) await cache.write(`${run}/model/${name}`, new Uint8Array([7]));
      for (let time = 0; time < 2; time++) await cache.remove(`${run}/model/a`);
      same(await cache.list(run), [`${run}/model/b`]);
      await cache.remove(`${run}/model/b`);
      same(await cache.list(run), []);
      await cache.write(`${run}/model/b`, new Uint8Array([8]));
      sameBytes(await cache.read(`${run}/model/b`), new Uint8Array([8]));
    },
  },
  {
    name: "of writers side by side one wins, and a reader sees the whole of one",
    async run(cache) {
      const key = `${randomUUID()}/model/file`;
      const contents = Array.from({ length: 8 }, (_, i) => new Uint8Array(50_000).fill(i));
      await cache.write(key, contents[0]!);
      const reads = Promise.all(Array.from({ length: 8 }, () => cache.read(key)));
      await Promise.all(contents.map((content) => cache.write(key, content)));
      for (const read of [...(await reads), await cache.read(key)]) {
        if (read === null || read.length !== 50_000 || read.some((byte) => byte !== read[0])) throw new Error("a reader saw a part of a file");
      }
      same(await cache.list(key), [key]);
    },
  },
  {
    name: "more keys than a page of S3 holds are all listed",
    async run(cache) {
      const run = randomUUID();
      const keys = Array.from({ length: 1003 }, (_, i) => `${run}/model/${String(i).padStart(5, "0")}`);
      for (let from = 0; from < keys.length; from += 10) await Promise.all(keys.slice(from, from + 10).map((key) => cache.write(key, new Uint8Array())));
      same(await cache.list(`${run}/`), keys);
      for (let from = 0; from < keys.length; from += 10) await Promise.all(keys.slice(from, from + 10).map((key) => cache.remove(key)));
      same(await cache.list(run), []);
    },
  },
];

function same(got: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${a?.slice(0, 300)} instead of ${b?.slice(0, 300)}`);
}

function sameBytes(got: Uint8Array | null, wanted: Uint8Array): void {
  if (got === null || Buffer.compare(got, wanted) !== 0) throw new Error(`${got?.length ?? "no"} bytes, which are not the ${wanted.length} that were written`);
}
