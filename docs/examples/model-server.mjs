// A version of a model behind HTTP, as the inference gateway calls it: node docs/examples/model-server.mjs <port> <threshold>
// The payload comes as the body; prediction, score and anything else go back. Runs on any Node from 20 on.
import { createServer } from "node:http";

const [port = "5001", threshold = "0.5"] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { amount } = JSON.parse(text);
  const score = amount / (amount + 500);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ prediction: score > Number(threshold), score, output: { requestId: request.headers["x-gauntlet-request-id"] } }));
});
server.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${port}`));
