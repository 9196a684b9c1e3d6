// Waiting for a page that comes, in words that say which page did not.

/** @typedef {import('puppeteer-core').Page} Page */

let marks = 0;

/**
 * Lets a wait for another page that comes to its time end with the page itself being
 * asked. A driver hears of pages by events and may miss one; whether the page stands
 * there is what a journey wants to know. What should stand on it the journey asks next.
 * @param {Page} page
 */
export function surely(page) {
	const go = page.goto.bind(page);
	const wait = page.waitForNavigation.bind(page);

	/**
	 * @template T
	 * @param {Promise<T>} coming @param {string} what
	 */
	const came = async (coming, what) => {
		const was = page.url();
		const mark = ++marks;
		const marked = page.evaluate((m) => Reflect.set(window, 'left', m), mark).catch(() => undefined);
		try {
			return await coming;
		} catch (cause) {
			await marked;
			const there = /** @type {Error} */ (cause).name === 'TimeoutError' &&
				(await page.evaluate((m) => Reflect.get(window, 'left') !== m && document.readyState !== 'loading', mark).catch(() => false));
			if (!there) throw new Error(`${what} did not come: it was ${was}, it is ${page.url()}`, { cause });
			console.log(`# ${page.url()} came, and the driver did not say so`);
			return null;
		}
	};
	page.goto = (address, how) => came(go(address, how), address);
	page.waitForNavigation = (how) => came(wait(how), 'another page');
}
