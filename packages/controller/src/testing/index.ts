export { trafficConformance } from "./traffic-conformance.ts";
