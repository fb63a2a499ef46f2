// A page of somebody's shop: OpenFeature's web SDK with its OFREP provider. The address says where Gauntlet is.
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, ProviderEvents } from "@openfeature/web-sdk";

const asked = new URL(location.href).searchParams;
const client = OpenFeature.getClient();
const show = () => {
  const { variant, reason, flagMetadata } = client.getObjectDetails("plan_exp", {});
  document.body.textContent = JSON.stringify({ variant, reason, epoch: flagMetadata.epoch ?? null });
};

await OpenFeature.setContext({ targetingKey: asked.get("unit") });
client.addHandler(ProviderEvents.ConfigurationChanged, show);
try {
  await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl: asked.get("gauntlet"), headers: [["Authorization", `Bearer ${asked.get("token")}`]] }));
  show();
} catch (error) {
  document.body.textContent = `refused: ${error.message}`;
}
