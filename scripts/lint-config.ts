// Writes .oxlintrc.json. The boundaries are a table here, because a lint configuration can't compute; run it
// again with `node scripts/lint-config.ts` after a change of the table. A test checks that the file is current.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Folders of the core, in order: each may import those before it, and none after it. */
export const CORE_ORDER: readonly string[] = ["failure", "digest", "artifact", "outcome", "allocation", "evidence", "statistics", "rating", "reconcile", "experiment", "event", "policy", "decision", "analysis", "monitor", "plan", "ledger", "document", "replay", "backtest", "simulation", "testing"];

/** What a package may import of ours. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "packages/core": [],
  "packages/contract": ["core"],
  "packages/client": ["core", "contract"],
  "packages/controller": ["core"],
  "packages/adapters": ["core", "controller"],
  "packages/registry": ["core"],
  "packages/gateway": ["core"],
  "apps/server": ["core", "contract", "controller", "adapters", "registry", "gateway"],
  "apps/cli": ["core", "contract", "client", "server"],
  "apps/console": ["core", "contract", "client"],
  "examples/shared": ["client", "server"],
  "examples/mail": ["core", "contract", "server", "gateway", "example-shared"],
  "examples/planner": ["core", "client", "server", "example-shared"],
  "examples/ringrift": ["core", "contract", "client", "server", "example-shared"],
  "examples/fraud": ["core", "server", "example-shared"],
  "examples/rps": ["core", "client", "server", "example-shared"],
  "examples/rps/web": [],
};
const OURS = ["core", "contract", "client", "controller", "adapters", "registry", "gateway", "server", "cli", "console", "example-shared"];

export function lintConfig(): unknown {
  return {
    $schema: "./node_modules/oxlint/configuration_schema.json",
    plugins: ["import", "typescript", "unicorn", "react", "jsx-a11y", "oxc"],
    categories: { correctness: "error", suspicious: "error" },
    ignorePatterns: ["**/dist/**", "**/node_modules/**", "apps/console/src/**/*.gen.ts"],
    rules: {
      "import/no-cycle": "error",
      "import/no-default-export": "error",
      "unicorn/filename-case": ["error", { case: "kebabCase" }],
      "max-params": ["error", { max: 3 }],
      complexity: ["error", { max: 20 }],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "no-shadow": "off",
      "react/react-in-jsx-scope": "off",
      "import/no-unassigned-import": "off",
      "no-underscore-dangle": "off",
      "no-await-in-loop": "off",
      // A small function reads best beside its only use.
      "unicorn/consistent-function-scoping": "off",
      // It is about windows; our messages go to worker threads, which have no origin.
      "unicorn/require-post-message-target-origin": "off",
      // `fc.string()` reads better than a bare `string()`.
      "import/no-named-as-default-member": "off",
    },
    overrides: [...packageRules(), ...coreRules(), ...exceptions()],
  };
}

function packageRules() {
  return Object.entries(PACKAGES).map(([folder, allowed]) => ({
    files: [`${folder}/src/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: OURS.filter((name) => !allowed.includes(name)).map((name) => ({
            group: [`@gauntlet/${name}`, `@gauntlet/${name}/*`],
            message: `${folder} may import ${allowed.length === 0 ? "nothing of ours" : allowed.join(", ")}; see ARCHITECTURE.md.`,
          })),
        },
      ],
    },
  }));
}

/** The core: no clock, no randomness, no I/O, and imports only to the left. */
function coreRules() {
  const pure = {
    files: ["packages/core/src/**"],
    excludeFiles: ["**/*.test.ts"],
    rules: {
      "no-restricted-globals": ["error", { name: "Date", message: "Time is an argument." }, "performance", "process", "fetch", "crypto", "setTimeout", "setInterval"],
      "no-restricted-properties": ["error", { object: "Math", property: "random", message: "Randomness is an argument." }],
    },
  };
  const leftward = CORE_ORDER.map((folder, position) => ({
    files: [`packages/core/src/${folder}/**`],
    excludeFiles: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "^[^.]", message: "The core has no dependencies." },
            ...CORE_ORDER.slice(position + 1).map((later) => ({ regex: `^(\\.\\./)+${later}/`, message: `core/${folder} stands left of core/${later}.` })),
          ],
        },
      ],
    },
  }));
  return [pure, ...leftward];
}

function exceptions() {
  return [
    { files: ["**/*.test.ts", "**/*.test.tsx", "**/testing/**", "test/**"], rules: { "max-lines-per-function": "off", "max-lines": "off", "max-params": "off" } },
    { files: ["**/*.config.ts", "**/vite.config.ts"], rules: { "import/no-default-export": "off" } },
    // React's convention is PascalCase for components, one per file.
    { files: ["apps/console/src/**/*.tsx", "examples/rps/web/src/**/*.tsx"], rules: { "unicorn/filename-case": ["error", { cases: { pascalCase: true, kebabCase: true } }] } },
  ];
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(join(root, ".oxlintrc.json"), `${JSON.stringify(lintConfig(), null, 2)}\n`);
}
