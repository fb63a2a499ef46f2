import type { Page } from "playwright-core";

/**
 * Makes a page as good as new, empty and without what it kept: a new one costs Chromium a process, and that more than most
 * tests do. What is done to its clock stays, and wants a context of its own.
 */
export async function asNew(page: Page, viewport: { readonly width: number; readonly height: number }): Promise<void> {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  if (page.url().startsWith("http")) await page.evaluate("localStorage.clear(); sessionStorage.clear()");
  await page.goto("about:blank");
  await page.context().clearCookies();
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(viewport);
  await page.mouse.move(0, 0);
}
