package publish

import "time"

// sampleSite and the pages are what the golden files are made from.
var sampleSite = Site{
	Name:    "Syrian Coalition",
	Names:   map[string]string{"ar": "الائتلاف الوطني السوري", "fr": "Coalition nationale syrienne"},
	BaseURL: "https://example.org/news/",
	Locales: []string{"ar", "en", "fr", "tr", "es", "ru"},
}

const sampleSlug = "security-council-urged-to-act"

var (
	sampleDate      = time.Date(2018, 2, 5, 0, 0, 0, 0, time.UTC)
	samplePublished = time.Date(2018, 2, 5, 16, 30, 0, 0, time.UTC)
)

var sampleAlternates = []Alternate{
	{"fr", "fr/" + sampleSlug + ".html"},
	{"ar", "ar/" + sampleSlug + ".html"},
	{"en", "en/" + sampleSlug + ".html"},
}

func arabicPage() Page {
	return Page{
		Locale: "ar", Slug: sampleSlug,
		Title:    "الائتلاف الوطني السوري يحث مجلس الأمن على التحرك إزاء الهجمات على ريف إدلب",
		Summary:  "طالب الائتلاف الوطني السوري مجلس الأمن الدولي بقرار يوقف الهجمات على ريف إدلب ويحاسب المسؤولين عنها.",
		Category: "أخبار الائتلاف", Place: "إسطنبول",
		Source:      "الدائرة الإعلامية للائتلاف الوطني السوري",
		Attribution: "(المصدر: الدائرة الإعلامية للائتلاف الوطني السوري)",
		Tags:        []string{"إدلب", "مجلس الأمن", "الأسلحة الكيميائية", "OCHA"},
		Date:        sampleDate, DateOnly: true, Published: samplePublished,
		OriginalTitle: "Syrian Coalition Urges Security Council to Act over Attacks on Rural Idlib",
		BodyHTML: `<p>دعا الائتلاف الوطني السوري مجلس الأمن الدولي إلى إصدار قرار يوقف فورًا الهجمات على مدن وبلدات ريف إدلب ويحمي سكانها.</p>
<p>وقال الائتلاف في بيان صحفي صدر يوم الاثنين إن على المجلس واجب إدانة القصف والضغط على روسيا لوقف دعمها لنظام الأسد، وأضاف أن من أمروا بهذه الهجمات يجب أن يحاسبوا أمام محكمة مستقلة.</p>
<h2>خمسون غارة في يوم واحد</h2>
<p>وقال ناشطون في محافظة إدلب إن طائرات روسية وأخرى تابعة لنظام الأسد شنت ما لا يقل عن 50 غارة جوية يوم الأحد. وسقطت <em>القنابل العنقودية</em> المحرمة دوليًا على أحياء سكنية، وفق مكتب تنسيق الشؤون الإنسانية (OCHA) والقرار S/RES/2254.</p>
<p>وألقت مروحية تابعة للنظام برميلًا متفجرًا يحوي غاز الكلور على مدينة سراقب. وسجلت الطواقم الطبية 12 حالة اختناق، <strong>ثلاث منها لعناصر من الدفاع المدني</strong> كانوا قد توجهوا لإسعاف المصابين.</p>
<blockquote><p>«الصمت على هذه الهجمات يُقرأ على أنه إذن بمواصلتها»، قال الائتلاف. «على مجلس الأمن أن يرد بالأفعال لا بعبارات القلق».</p></blockquote>
<h2>ما يطلبه الائتلاف</h2>
<ul>
<li>قرار بموجب الفصل السابع من <a href="https://www.un.org/en/about-us/un-charter/chapter-7">ميثاق الأمم المتحدة</a>؛</li>
<li>ممر آمن لقوافل المساعدات والفرق الطبية؛</li>
<li>إحالة جرائم الحرب إلى المحكمة الجنائية الدولية.</li>
</ul>
<table><caption>القتلى المدنيون يوم الأحد</caption><thead><tr><th>المكان</th><th align="right">القتلى</th><th align="right">الجرحى</th></tr></thead>
<tbody><tr><td>كفرنبل</td><td align="right">6</td><td align="right">14</td></tr><tr><td>معصران</td><td align="right">3</td><td align="right">1,250</td></tr><tr><td>معرة النعمان</td><td align="right">2</td><td align="right">7.5%</td></tr></tbody></table>
<p>(المصدر: الدائرة الإعلامية للائتلاف الوطني السوري)</p>`,
		BodyMarkdown: `دعا الائتلاف الوطني السوري مجلس الأمن الدولي إلى إصدار قرار يوقف فورًا الهجمات على مدن وبلدات ريف إدلب ويحمي سكانها.

## خمسون غارة في يوم واحد

- ممر آمن لقوافل المساعدات والفرق الطبية؛

(المصدر: الدائرة الإعلامية للائتلاف الوطني السوري)
`,
	}
}

func frenchPage() Page {
	return Page{
		Locale: "fr", Slug: sampleSlug,
		Title:    "La Coalition syrienne exhorte le Conseil de sécurité à agir",
		Category: "Actualités de la Coalition", Place: "Istanbul",
		Source: "Bureau des médias de la Coalition syrienne", Author: "Service d’information",
		Tags: []string{"Idleb", "yes", "Conseil de sécurité : l’appel"},
		Date: time.Date(2018, 3, 1, 9, 15, 0, 0, time.FixedZone("", 3*3600)), Published: samplePublished, Modified: samplePublished.AddDate(0, 1, 2),
		OriginalTitle:    "Syrian Coalition Urges Security Council to Act over Attacks on Rural Idlib",
		QuotesTranslated: true,
		Corrections:      []Correction{{Date: time.Date(2018, 3, 7, 0, 0, 0, 0, time.UTC), What: "Le nombre des blessés est de 12, et non de 21."}},
		BodyHTML: `<h1>Cinquante frappes en un jour</h1>
<p>La Coalition a appelé le Conseil de sécurité à adopter une résolution. Le Comité (الائتلاف) l’a dit lundi.</p>
<blockquote><p>«&#8239;Le silence est lu comme une permission&#8239;», a dit la Coalition.</p></blockquote>
<p><img src="images/saraqeb.jpg" alt="Une rue de Saraqeb"></p>`,
		BodyMarkdown: "# Cinquante frappes en un jour\n\nLa Coalition a appelé le Conseil de sécurité à adopter une résolution.\n",
	}
}

func englishPage() Page {
	return Page{
		Locale: "en", Slug: sampleSlug,
		Title:   "Syrian Coalition Urges Security Council to Act over Attacks on Rural Idlib",
		Summary: "The Coalition has asked the UN Security Council for a resolution.",
		Source:  "Syrian Coalition’s Media Department",
		Date:    sampleDate, DateOnly: true, Published: samplePublished,
		BodyHTML:     "<p>“The Council must answer with deeds,” the Coalition added. (Source: Syrian Coalition’s Media Department)</p>",
		BodyMarkdown: "“The Council must answer with deeds,” the Coalition added. (Source: Syrian Coalition’s Media Department)\n",
	}
}
