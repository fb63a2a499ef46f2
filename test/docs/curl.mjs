import { readFileSync } from "node:fs";

// Stands in for curl where the docs show it: -s, -i, -X, -H, -d, --data-binary @file and one address. Fails on anything that is not 2xx.
const args = process.argv.slice(2);
const request = { method: undefined, headers: {}, body: undefined, head: false, url: "" };
const OPTIONS = {
  "-s": () => undefined,
  "-i": () => (request.head = true),
  "-X": () => (request.method = args.shift()),
  "-H": () => {
    const [name, value] = args.shift().split(/:\s*(.*)/s);
    request.headers[name.toLowerCase()] = value;
  },
  "-d": () => (request.body = args.shift()),
  "--data-binary": () => (request.body = readFileSync(args.shift().slice(1))),
};
while (args.length > 0) {
  const word = args.shift();
  if (word.startsWith("-")) OPTIONS[word]();
  else request.url = word;
}
const { method = request.body === undefined ? "GET" : "POST", headers, body, head, url } = request;
const response = await fetch(url, { method, headers: body === undefined ? headers : { "content-type": "application/x-www-form-urlencoded", ...headers }, body });
if (head) console.log([String(response.status), ...[...response.headers].map(([name, value]) => `${name}: ${value}`), ""].join("\n"));
console.log(await response.text());
process.exitCode = response.status >= 200 && response.status <= 206 ? 0 : 22;
