// OpenFeature's web SDK with its OFREP provider, as a page would use it; for a process that has an EventSource. Says what it is
// given as a line of JSON, at first and after every change that it was told of.
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, ProviderEvents, type Provider } from "@openfeature/web-sdk";

const [baseUrl = "", token = "", targetingKey = "", key = ""] = process.argv.slice(2);
const provider = new OFREPWebProvider({ baseUrl, headers: token === "" ? [] : [["Authorization", `Bearer ${token}`]], cacheMode: "disabled" }) as Provider;
const client = OpenFeature.getClient();

await OpenFeature.setContext({ targetingKey });
client.addHandler(ProviderEvents.ConfigurationChanged, say);
await OpenFeature.setProviderAndWait(provider);
say();

function say(): void {
  const { value, variant, reason, errorCode, flagMetadata } = client.getObjectDetails(key, {});
  process.stdout.write(`${JSON.stringify({ value, variant, reason, errorCode, epoch: flagMetadata["epoch"] })}\n`);
}
