export type { Mail } from "./mails/mail.ts";
export { readMails } from "./mails/read-mails.ts";
export type { Corpus } from "./mails/read-mails.ts";

export { hashFeatures } from "./features/hash-features.ts";
export type { Features } from "./features/hash-features.ts";

export { describeModel, loadModel, saveModel } from "./learn/artifact.ts";
export type { Artifact } from "./learn/artifact.ts";
export { learnVersion } from "./learn/learn-version.ts";
export type { SpamModel, TrainedOn } from "./learn/model.ts";
export { scoreWithCost } from "./learn/score.ts";

export { CUTS, splitByTime } from "./split/split-by-time.ts";
export type { Split } from "./split/split-by-time.ts";
export { withFeaturesOutOfOrder } from "./split/sabotage.ts";

export { LABEL_DELAY, labelTime } from "./labels/label-delay.ts";
