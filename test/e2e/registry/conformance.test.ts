import { registryConformance } from "@gauntlet/controller/testing";
import { listen } from "@gauntlet/registry";
import { harnessOf, openClient, openRegistry } from "./mlflow-harness.ts";

registryConformance("the embedded registry, in process,", async () => {
  const { registry, close } = await openRegistry();
  return harnessOf(openClient({ url: "http://registry.invalid", fetch: (request) => registry.fetch(request) }), close);
});

registryConformance("the embedded registry, over a socket,", async () => {
  const { registry, close } = await openRegistry();
  const server = await listen(registry, 0);
  return harnessOf(openClient({ url: server.url }), async () => {
    await server.close();
    await close();
  });
});
