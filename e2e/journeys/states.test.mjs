// Every state of a visit as those see it who have set their machine up for it:
// forced colours, no motion, no mouse; and axe on the frames of the page without
// scripts. Emulated, so in Chromium alone.
import assert from 'node:assert/strict';
import { faults, tooSmall, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { PlainVisitor } from '../lib/plain.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Frame} Frame */

/** Sets a page up. @param {Page} page @param {'light' | 'dark'} scheme */
async function forced(page, scheme) {
	const wire = await page.createCDPSession();
	await wire.send('Emulation.setEmulatedMedia', {
		features: [{ name: 'forced-colors', value: 'active' }, { name: 'prefers-reduced-motion', value: 'reduce' }, { name: 'prefers-color-scheme', value: scheme }],
	});
}

/** What can be pressed or written in and has no edge where colours are forced, and what moves. @param {Page | Frame} where */
function bare(where) {
	return where.evaluate(() => {
		/** @type {string[]} */ const out = [];
		if (!matchMedia('(forced-colors: active)').matches || !matchMedia('(prefers-reduced-motion: reduce)').matches) out.push('nothing is forced');
		for (const e of document.querySelectorAll('body *')) {
			if (!e.checkVisibility({ visibilityProperty: true })) continue;
			const s = getComputedStyle(e);
			const what = `${e.tagName.toLowerCase()}#${e.id}.${e.className} "${(e.textContent ?? '').trim().slice(0, 20)}"`;
			if (e.matches('button, .button, textarea, select, input:not([type=hidden], [type=checkbox], [type=radio]), dialog, .card, .warn, .tint, .said .text')
				&& (s.borderTopStyle === 'none' || Number.parseFloat(s.borderTopWidth) < 1) && !e.matches('#beside:empty')) out.push(`${what} has no edge`);
			if (s.forcedColorAdjust === 'none') out.push(`${what} keeps its own colours`);
			if (s.scrollBehavior === 'smooth' || /[1-9]/.test(s.transitionDuration) || s.animationName !== 'none') out.push(`${what} moves`);
		}
		if (document.getAnimations().length) out.push('something moves');
		return out;
	});
}

/**
 * Goes through a page, forward and back. What has the focus shows it, and is not
 * covered by what stays in its place. By the Tab key; or, in one question to the
 * page, by giving everything the focus to which that key comes.
 * @param {Page} page @param {boolean} keys
 */
async function covered(page, keys) {
	/** @type {Set<string>} */ const out = new Set();
	await page.bringToFront();
	if (!keys) {
		await page.keyboard.press('Tab'); // from here on the focus is shown
		return page.evaluate(() => {
			/** @type {Set<string>} */ const found = new Set();
			const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, select, summary, iframe, [tabindex="0"]')]
				.filter((e) => e instanceof HTMLElement && e.checkVisibility({ visibilityProperty: true }) && !Reflect.get(e, 'disabled'));
			for (const e of /** @type {HTMLElement[]} */ ([...all, ...all.toReversed()])) {
				e.focus();
				if (document.activeElement !== e || e.tagName === 'IFRAME') continue;
				const s = getComputedStyle(e);
				const r = e.getBoundingClientRect();
				const what = `${e.tagName.toLowerCase()}#${e.id}.${e.className} "${(e.textContent ?? '').trim().slice(0, 20)}" at ${Math.round(r.x)},${Math.round(r.y)} ${Math.round(r.width)} by ${Math.round(r.height)}`;
				if ((s.outlineStyle === 'none' || Number.parseFloat(s.outlineWidth) < 2) && !e.closest('.code:has(:focus-visible)')) found.add(`${what} does not show the focus`);
				let free = 0;
				for (const [x, y] of [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]) {
					const at = document.elementFromPoint(r.x + r.width * Number(x), Math.min(Math.max(r.y, 0) + Math.min(r.height, innerHeight) * Number(y), innerHeight - 1));
					if (at && (e.contains(at) || at.contains(e) && !at.matches('body, html, main'))) free++;
				}
				if (free < 2) found.add(`${what} is covered`);
			}
			if (all.length < 2) found.add('nothing can have the focus');
			return [...found];
		});
	}
	for (const back of [false, true]) {
		let seen = 0;
		for (let n = 0; n < 80; n++) {
			if (back) await page.keyboard.down('Shift');
			await page.keyboard.press('Tab');
			if (back) await page.keyboard.up('Shift');
			const got = await page.evaluate(() => {
				const e = document.activeElement;
				if (!e || e === document.body || e.tagName === 'IFRAME') return null;
				const s = getComputedStyle(e);
				const r = e.getBoundingClientRect();
				const what = `${e.tagName.toLowerCase()}#${e.id}.${e.className} "${(e.textContent ?? '').trim().slice(0, 20)}" at ${Math.round(r.x)},${Math.round(r.y)} ${Math.round(r.width)} by ${Math.round(r.height)}`;
				const shows = (s.outlineStyle !== 'none' && Number.parseFloat(s.outlineWidth) >= 2) || e.closest('.code:has(:focus-visible)');
				let free = 0;
				for (const [x, y] of [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]) {
					const at = document.elementFromPoint(r.x + r.width * Number(x), Math.min(Math.max(r.y, 0) + Math.min(r.height, innerHeight) * Number(y), innerHeight - 1));
					if (at && (e.contains(at) || at.contains(e) && !at.matches('body, html, main'))) free++;
				}
				const first = !Reflect.get(e, 'walked');
				Reflect.set(e, 'walked', true);
				return { fault: !shows ? `${what} does not show the focus` : free < 2 ? `${what} is covered` : '', first };
			});
			if (!got) {
				if (seen) break; // out at the end
				continue;
			}
			seen++;
			if (got.fault) out.add(`${back ? 'back: ' : ''}${got.fault}`);
		}
		assert.ok(seen > 1, 'the Tab key goes somewhere');
	}
	return [...out];
}

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
	journey(`every state of a visit with forced colours, no motion and by keyboard, ${scheme === 'dark' ? 'dark, with letters of twice the size' : scheme}`, async (e) => {
		/** @type {string[]} */ const found = [];
		const counsellor = await e.counsellor();
		await counsellor.onDuty();
		const visitor = await e.visitor();
		const { page } = visitor;
		await forced(page, scheme);
		/** @param {string} what */
		const look = async (what) => {
			// In the dark letters are twice as large: what is 390 px wide to others is 780 then.
			for (const [width, height] of scheme === 'light' ? [[390, 844], [1280, 720]] : [[780, 1688], [390, 844], [1280, 720]]) {
				await page.setViewport({ width: Number(width), height: Number(height) });
				const keys = scheme === 'light' && width === 390;
				for (const fault of [...(await bare(page)), ...(await tooWide(page)), ...(await covered(page, keys))]) found.push(`${what} at ${width} px: ${fault}`);
				await picture(page, `states-${scheme}-${what}-${width}`, false);
			}
		};
		await visitor.open();
		await look('front');
		await visitor.follow('button[name=door][value=self]');
		await look('promise');
		await visitor.follow('form.go button[type=submit]');
		await visitor.toSee('#waiting');
		await look('wait');
		await counsellor.next();
		await visitor.toSee('#yes');
		await look('ready');
		await until('the visitor has said yes, or is asked again where this took long', async () => {
			if (await visitor.sees('#soon')) return true;
			if (await visitor.sees('#yes')) await visitor.ready();
			else if (await counsellor.sees('#next[aria-pressed=false]:enabled')) await counsellor.next(); // once: twice takes it back
			return false;
		}, 60_000);
		await counsellor.accept();
		await visitor.tell('Good evening. I am nervous.');
		await counsellor.tell('Good evening. Take your time.');
		await visitor.toGet('Good evening. Take your time.');
		await look('talk');
		await visitor.press('#talking [data-end]');
		await look('end');
		await visitor.press('#endyes');
		await visitor.toEnd();
		await look('after');
		await page.goto(`${e.line.visitor}/en/write?door=1`);
		await look('write');
		await page.goto(`${e.line.visitor}/en/back`);
		await look('back');
		assert.deepEqual(found, []);
	}, { staffOnly: true, large: scheme === 'dark' });
}

journey('the frames of the page without scripts are accessible in every state, and in forced colours', async (e) => {
	/** @type {string[]} */ const found = [];
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await PlainVisitor.on(e);
	await forced(visitor.page, 'light');
	/** @param {string} what @param {...('words' | 'write')} frames */
	const look = async (what, ...frames) => {
		for (const width of [390, 1280]) {
			await visitor.page.setViewport({ width, height: 800 });
			for (const name of frames) {
				// It is loaded again and again, which axe does not like; the way out of that stands below it.
				// One that goes away under the looking is looked at once more.
				const { all } = await until(`the frame ${name} stays for as long as it is looked at`, async () => {
					const frame = await visitor.frame(name);
					const ours = (await faults(frame)).filter((f) => !f.startsWith('meta-refresh:'));
					return { all: [...ours, ...(await tooWide(frame)), ...(await tooSmall(frame)), ...(await bare(frame))] };
				}, 60_000);
				for (const fault of all) found.push(`${what}, ${name}, at ${width} px: ${fault}`);
			}
			assert.ok(await visitor.page.$('a[href$="by=hand"]'), 'there is a page that does not change by itself');
			for (const fault of [...(await faults(visitor.page)), ...(await tooWide(visitor.page)), ...(await tooSmall(visitor.page))]) found.push(`${what} at ${width} px: ${fault}`);
			await picture(visitor.page, `states-plain-${what}-${width}`, false);
		}
	};
	await visitor.arrive();
	await look('wait', 'words', 'write');
	await counsellor.next();
	await visitor.toRead('words', words('ready.heading'));
	await look('ready', 'words');
	await until('the visitor has said yes, or is asked again where this took long', async () => {
		if (await counsellor.sees('#accept')) return true;
		const yes = await (await visitor.frame('words')).$('button[value=yes]');
		if (yes) await yes.evaluate((b) => /** @type {HTMLElement} */ (b).click());
		else if (await counsellor.sees('#next[aria-pressed=false]:enabled')) await counsellor.next();
		return false;
	}, 60_000);
	await counsellor.accept();
	await visitor.say('Good evening. I am nervous.');
	await counsellor.tell('Good evening. Take your time.');
	await visitor.toRead('words', 'Good evening. Take your time.');
	await look('talk', 'words', 'write');
	await counsellor.end();
	await visitor.toRead('words', words('after.next'));
	await look('after', 'words', 'write');

	// The page that is loaded by hand has no frames.
	const other = await PlainVisitor.on(e);
	await other.arrive();
	await other.page.goto(`${e.line.visitor}/en/talk/plain?by=hand`);
	found.push(...(await faults(other.page)).map((f) => `by hand: ${f}`), ...(await tooSmall(other.page)));
	await picture(other.page, 'states-plain-hand');
	assert.deepEqual(found, []);
}, { staffOnly: true });
