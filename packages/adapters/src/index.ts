export { localTraffic } from "./local-traffic/local-traffic.ts";
