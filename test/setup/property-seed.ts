import fc from "fast-check";

// The same cases on every machine, so that a red run is a change of the code and not of luck. To look further:
// `FC_SEED=random npm test`, or a number.
const wanted = process.env["FC_SEED"];
if (wanted !== "random") fc.configureGlobal({ seed: wanted === undefined ? 20_020_805 : Number(wanted) });
