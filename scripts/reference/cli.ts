import { createProgram } from "../../apps/cli/src/main.ts";
import { EXIT } from "../../apps/cli/src/output/cli.ts";
import { code, page, table } from "./markdown.ts";

type Command = ReturnType<typeof createProgram>;
type Option = Command["options"][number];

export function cliPage(): string {
  const program = createProgram(async () => undefined);
  const everywhere = new Set(program.options.map(({ long }) => long));
  const commands = leaves(program, []);
  return page("The command line", [
    "`npx gauntlet <command>`. Data goes to standard output, everything else to standard error.",
    table(["command", ""], commands.map(({ name, command }) => [`[${code(name)}](#${name.replaceAll(" ", "-")})`, command.description()])),
    "## Options of every command",
    optionTable(program.options.filter(({ long }) => long !== "--version")),
    "## Exit codes",
    table(["code", "meaning"], Object.entries(EXIT).map(([name, value]) => [String(value), MEANINGS[name as keyof typeof EXIT]])),
    ...commands.flatMap(({ name, command }) => [
      `## ${name}`,
      `${command.description()}.`,
      code(`${name} ${command.usage()}`.replaceAll(/\s+/g, " ").trim()),
      argumentTable(command),
      optionTable(command.options.filter(({ long }) => !everywhere.has(long))),
    ]),
  ].filter((part) => part !== ""));
}

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  failure: "it failed, or what was checked is wrong",
  usage: "the command was not understood",
  notPromoted: "`gauntlet promote`: the challenger is not promoted",
};

interface Leaf {
  readonly name: string;
  readonly command: Command;
}

function leaves(command: Command, above: readonly string[]): readonly Leaf[] {
  const path = [...above, command.name()];
  return command.commands.length === 0 ? [{ name: path.join(" "), command }] : command.commands.flatMap((sub) => leaves(sub, path));
}

function argumentTable(command: Command): string {
  const rows = command.registeredArguments.filter(({ description }) => description !== "").map((argument) => [code(argument.name()), argument.required ? "**needed**" : "", argument.description]);
  return table(["argument", "", "meaning"], rows);
}

function optionTable(options: readonly Option[]): string {
  return table(["option", "default", "meaning"], options.map((option) => [code(option.flags), defaultOf(option), meaningOf(option)]));
}

function defaultOf({ mandatory, defaultValue }: Option): string {
  if (mandatory) return "**needed**";
  return defaultValue === undefined || defaultValue === "" ? "" : code(String(defaultValue));
}

function meaningOf({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.map(code).join(", ")}`;
}
