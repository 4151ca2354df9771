"""Settings, and the one place of the crawl's policy: each line with its reason.

A site file may slow down; it can't speed up and can't switch robots.txt off. `-s NAME=VALUE` overrides a line for one
run, as in any Scrapy project; the delay alone has a floor, which only CONNECT_TO lifts.
"""

from newscrawl.crawling.project import project_folder

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
NEWSPIDER_MODULE = "newscrawl.spiders"
SPIDER_LOADER_CLASS = "newscrawl.crawling.spiderloader.SiteSpiderLoader"
COMMANDS_MODULE = "newscrawl.commands"
DEFAULT_ITEM_CLASS = "newscrawl.items.Article"

# --- where things lie

# `output/` stands beside newscrawl's scrapy.cfg, whatever the working directory.
PROJECT_DIR = str(project_folder())
OUTPUT_DIR = "output"
# Which raw pages are kept in WARC files: those of stored "articles", with pages at an article's address that could not
# be read, for better rules may read them one day; "all" that was answered, listings too; or none ("off").
RAW_PAGES = "articles"
# Folders of your own site files, parted by commas; relative ones beside scrapy.cfg.
SITES = ""

# --- policy

# Robots.txt is the owner's word on what may be fetched.
ROBOTSTXT_OBEY = True
# Who is asking. Add where you can be reached: `-s USER_AGENT="newscrawl/0.1 (my library; archive@example.org)"`.
USER_AGENT = "newscrawl/0.1 (archive of Vietnamese provincial news)"
ROBOTSTXT_USER_AGENT = "newscrawl"
# Provincial servers are small, and others crawl them at 0.5 to 1.5 s (field notes, trap 77). One request at a time.
# Whatever is set here or by -s, a real host is never asked more often than once a second (SiteSpider.update_settings).
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.25
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# A page gives one article, and the pipelines do not wait: Scrapy's 100 workers a page cost as much as the download.
CONCURRENT_ITEMS = 1
# Some portals need half a minute for a page (trap 77); none needs three.
DOWNLOAD_TIMEOUT = 60
# The largest news page in evidence has 0.3 MB; bombs have more. The same limit holds for the unpacked body.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 2 * 1024 * 1024
# Certificates are checked; Scrapy's own default is not to.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_FAIL_ON_DATALOSS = True
# How often a page is tried again while a run lasts, and how many seconds after its first failure; each further wait is
# six times as long. Later runs go on with that for five days (newscrawl/keeping/retries.py).
RETRY_TIMES = 2
RETRY_WAIT = 10.0
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
# Cookies only bring sessions into addresses; a reader without them sees the same news.
COOKIES_ENABLED = False
# An open port is a door: Scrapy opens two.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# How many "Tin đã đưa" links may lie between an article and a listing. Known links end a path earlier.
RELATED_DEPTH = 20
# How many stored articles a run looks at again, at most, after all that is new: changed texts and articles that were
# taken down show so (newscrawl/keeping/looktimes.py says when). 300 are the five looks at each of the 60 articles that
# a busy provincial paper brings a day, and take ten minutes at two seconds each. 0: none.
LOOKS_PER_RUN = 300
# Sends a site's hosts to a loopback address, like 127.0.0.1:8080: for the demo and for tests.
CONNECT_TO = ""

# On a terminal a run shows its progress. Elsewhere one that ends well says nothing, for cron mails what is said; with
# more than 0, it prints a line of progress every so many seconds, and its summary.
PROGRESS_SECONDS = 0.0

# How many sites `scrapy crawlall` crawls at once in one process. A site asks for a page every two seconds and a page
# costs some ten milliseconds, so a hundred would fit. But a process that dies takes the runs of all its sites with it,
# and names are looked up in ten threads that a dead name server can hold for a minute.
SITES_AT_ONCE = 8

# Lines for bag-info.txt in a bag of `scrapy export`, like {"Source-Organization": "Example Library"} (RFC 8493, 2.2.2).
BAG_INFO: dict[str, str] = {}

# --- monitors: when a run ends with code 9 because something broke (docs/monitoring.md)

# Percentage points by which the share of articles that have a field, or have it by the site's own rules, may fall below
# that of the last ten runs. What changes by itself (a week of press releases without pictures) stays below.
FIELD_FALL = 30.0
# A listing whose first page has less than this share of its usual article links is silent. The whole site is judged by
# the same share (exit code 10).
LISTING_SHARE = 0.30
# A site or listing is late when nothing new came for so many times the longest of its last ten gaps, and for more than
# so many days: public holidays last up to five. Twice a holiday is no fault; Tết is minded besides.
LATE_FACTOR = 4.0
LATE_DAYS = 5.0
# An alarm is repeated for so many days. Then the site is taken to have changed for good.
ALARM_DAYS = 30.0
# Fields or listings whose alarms a person has looked at, parted by commas: for one run, by -s. How they are in that run
# is what later runs are held against.
ALARMS_ACCEPTED = ""
# A command that gets the news of a run that did not end well, as JSON on its standard input; no shell reads it.
ALERT_COMMAND = ""
# An http or https address to which the same JSON is posted. It often holds a secret, so it is never logged.
ALERT_WEBHOOK = ""

# --- parts

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # knows subdomains only; ExactHosts replaces it
    "newscrawl.middlewares.ExactHosts": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # allows all when robots.txt can't be had
    "newscrawl.middlewares.Robots": 100,
}
DOWNLOAD_HANDLERS = {
    "http": "newscrawl.crawling.downloading.PoliteHandler",
    "https": "newscrawl.crawling.downloading.PoliteHandler",
    # The public web only: no link leads to a file of this machine.
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {"csv": "newscrawl.crawling.exporters.ArticleCsvExporter"}
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of every callback

# --- log

LOG_LEVEL = "INFO"
LOG_FORMATTER = "newscrawl.crawling.logformat.ShortLogFormatter"
LOG_VERSIONS: list[str] = []  # the manifest has them
LOGSTATS_INTERVAL = 0
STATS_DUMP = False  # the manifest has them, with a meaning
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
