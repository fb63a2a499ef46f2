import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

export interface Looked {
  /** Left out: the whole page. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** What axe finds on a page in both themes; between them nothing but colours differs, so dark is only asked for its contrasts. */
export async function axeViolations(page: Page, { include = [], exclude = [] }: Looked = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    let axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    for (const selector of include) axe = axe.include(selector);
    for (const selector of exclude) axe = axe.exclude(selector);
    const { violations } = await (colorScheme === "light" ? axe : axe.withRules(["color-contrast"])).analyze();
    found.push(...violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`));
  }
  return found;
}
