import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

for (const dark of [false, true]) {
	journey(`every door, in every language, fits into a small phone and is accessible, ${dark ? 'dark' : 'light'}`, async (e) => {
		/** @type {string[]} */ const found = [];
		const reader = await e.visitor();
		await reader.page.setViewport({ width: 320, height: 568 });
		// Every page once in one language; every language has the longest of them.
		const pages = dark
			? { en: ['', 'before/3'], nl: ['about'] }
			: { en: ['', 'before/3', 'before/32', 'read/1', 'read/5'], nl: ['about'], 'nl-BE': ['', 'remarks'], fr: ['', 'privacy'], de: ['read/2', 'access'] };
		for (const [locale, paths] of Object.entries(pages)) {
			for (const path of paths) {
				await reader.page.goto(`${e.line.visitor}/${locale}/${path}`);
				for (const fault of [...(await faults(reader.page)), ...(await tooWide(reader.page))]) found.push(`${locale}/${path}: ${fault}`);
				await picture(reader.page, `doors-${dark ? 'dark-' : ''}${locale}-${path.replace('/', '-') || 'front'}`);
			}
		}
		assert.deepEqual(found, []);
	}, { dark, earnest: true });
}

journey('somebody under 18 says once what it is about, and the counsellor knows it; the promise is read again without losing a word', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await visitor.page.setViewport({ width: 390, height: 844 });
	await visitor.open('en');
	await visitor.follow('button[name=door][value=young]');
	await visitor.toRead(words('split.lead'));
	await picture(visitor.page, 'doors-split');
	await visitor.follow('a[href$="/before/32"]');
	await visitor.toRead(words('before.young.done'));
	await picture(visitor.page, 'doors-harmed');
	await visitor.follow('form.go button[type=submit]');
	await visitor.toSee('#waiting, #ready');
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	await visitor.tell('Good evening. I want to tell somebody something.');
	const facts = () => counsellor.page.evaluate(() => document.querySelector('#middle [data-facts]')?.textContent ?? '');
	await until('the counsellor knows what it is about', async () => (await facts()).includes(words('staff.door.young.harmed')));
	assert.match(await facts(), /version \d/);
	await picture(visitor.page, 'doors-limits');
	await visitor.press('#talking .limits summary');
	await visitor.toRead(words('limits.version', { version: 2 }));
	await picture(visitor.page, 'doors-limits-open');
	await visitor.press('#talking .limits summary');
	assert.deepEqual(await visitor.texts(), ['Good evening. I want to tell somebody something.']);
	await counsellor.tell('Good evening. I am glad that you are here.');
	await visitor.toGet('Good evening. I am glad that you are here.');
});
