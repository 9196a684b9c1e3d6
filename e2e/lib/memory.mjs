// What a page still holds in its memory, where no element shows it.
import { name as browserName } from './browser.mjs';

/**
 * Whether a text stands anywhere in the memory of a page's scripts, after what
 * nobody needs was collected. Only Chromium can be asked; elsewhere the answer
 * is what the caller expects.
 * @param {import('puppeteer-core').Page} page @param {string} text @param {boolean} otherwise
 */
export async function remembers(page, text, otherwise) {
	if (browserName !== 'chromium') return otherwise;
	const asked = await page.createCDPSession();
	const chunks = /** @type {string[]} */ ([]);
	asked.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
	await asked.send('HeapProfiler.collectGarbage');
	await asked.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
	await asked.detach();
	return chunks.join('').includes(text);
}
