// Accessibility: axe-core by hand, because a page of ours loads nothing from elsewhere.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { name } from './browser.mjs';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Frame} Frame */

/**
 * What axe finds wrong with a page, or one frame of it, as it stands: one sentence
 * per rule. It does not look into the frames within.
 * @param {Page | Frame} where
 * @returns {Promise<string[]>}
 */
export async function faults(where) {
	const page = 'mainFrame' in where ? where : where.page();
	// axe waits for timers, which a page without scripts never runs: they are let
	// go on meanwhile. The page's own scripts were not fetched, and stay away.
	const still = name === 'chromium' && !page.isJavaScriptEnabled();
	if (still) await page.setJavaScriptEnabled(true);
	try {
		return await ask(where);
	} finally { // also where the page went away under the looking
		if (still) await page.setJavaScriptEnabled(false);
	}
}

/** @param {Page | Frame} where @returns {Promise<string[]>} */
async function ask(where) {
	if (!(await where.evaluate(() => Reflect.has(globalThis, 'axe')))) await where.evaluate(source); // half a megabyte, for each page once
	return where.evaluate(async () => {
		/** @type {any} */ const axe = Reflect.get(globalThis, 'axe');
		const all = await axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			resultTypes: ['violations'], iframes: false,
		});
		return all.violations.map((/** @type {any} */ v) => `${v.id}: ${v.help} (${v.nodes.map((/** @type {any} */ n) => n.target.join(' ')).slice(0, 4).join(', ')})`);
	});
}

/**
 * Whether everything fits into the width of the window, and if not, what sticks out.
 * @param {Page | Frame} page
 * @returns {Promise<string[]>}
 */
export function tooWide(page) {
	return page.evaluate(() => {
		const width = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= width) return [];
		return [...document.querySelectorAll('body *')]
			.filter((e) => e.getBoundingClientRect().right > width + 1)
			.map((e) => `${e.tagName.toLowerCase()}.${e.className} reaches ${Math.round(e.getBoundingClientRect().right)} of ${width} px`);
	});
}

/**
 * What a finger could miss: everything that can be pressed and is less than 44 px
 * high or wide. Links within a sentence are as large as their line; a box to tick
 * is as large as its label.
 * @param {Page | Frame} page
 * @returns {Promise<string[]>}
 */
export function tooSmall(page) {
	return page.evaluate(() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')]
		.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.matches('.skip') && getComputedStyle(e).display !== 'inline')
		.map((e) => ({ e, box: (e.matches('[type=checkbox], [type=radio]') ? e.closest('label') ?? e : e).getBoundingClientRect() }))
		.filter(({ box }) => box.height < 43.5 || box.width < 43.5)
		.map(({ e, box }) => `${e.tagName.toLowerCase()}#${e.id}.${e.className} "${(e.textContent ?? '').trim().slice(0, 30)}" is ${Math.round(box.width)} by ${Math.round(box.height)} px`));
}
