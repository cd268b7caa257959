//! What `--help` prints, in Chinese: the twin of the doc comments in `cli`. A test compares the names with the commands and
//! options that exist.

mod options;
mod values;

pub(crate) use options::OPTIONS;
pub(crate) use values::VALUES;

/// The program.
pub(crate) const PROGRAM: &str = "codearts-gate";
/// Stands before the synopsis of a command.
pub(crate) const USAGE: &str = "用法：";
/// Stands for all options in the synopsis.
pub(crate) const ANY_OPTION: &str = "[选项]";
/// Stands for a command in the synopsis.
pub(crate) const ANY_COMMAND: &str = "<命令>";
/// The headings that clap itself has.
pub(crate) const COMMANDS_HEADING: &str = "命令：";
/// Of arguments without a heading.
pub(crate) const ARGUMENTS_HEADING: &str = "参数：";
/// Of options without a heading.
pub(crate) const OPTIONS_HEADING: &str = "选项：";
/// The switch that prints the help.
pub(crate) const HELP: &str = "显示帮助";
/// The same, in a help that is longer than its summary.
pub(crate) const LONG_HELP: &str = "显示帮助（用 `-h` 显示摘要）";
/// The same, in the summary.
pub(crate) const SHORT_HELP: &str = "显示帮助（用 `--help` 显示更多信息）";
/// The switch that prints the version.
pub(crate) const VERSION: &str = "显示版本";
/// Stands before a default.
pub(crate) const DEFAULT: &str = "默认值：";
/// Stands before the words that an option knows.
pub(crate) const VALUES_LABEL: &str = "可选值：";

/// What each command does. The first is the program.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    (PROGRAM, "等待华为云 CodeArts Check 任务，将其结果转换为退出码，并下载 PDF 报告"),
    ("check", "等待 CodeArts Check 的运行，评估质量门禁，并下载报告"),
    ("start", "启动 CodeArts Check 的运行后退出；之后由 `check --run` 等待"),
    ("report", "导出并下载最近一次检查的 PDF 报告"),
    ("build", "等待 CodeArts Build 任务，并以其结果退出"),
    ("tasks", "列出项目的检查任务：ID、名称、仓库、分支、最近一次检查"),
    ("init", "写入本仓库的流水线文件和 codearts-gate.toml，列出要设置的 secret"),
    ("doctor", "检测连接、时钟、凭据、代理和权限，并给出修复建议"),
    ("sandbox", "运行本地的 CodeArts API 模拟服务，离线测试流水线"),
    ("demo", "用本地沙箱运行一次完整的检查；无需账号"),
    ("explain", "说明退出码的含义和处理方法"),
    ("completions", "输出 shell 的补全脚本（英文）"),
    ("man", "输出手册页（英文）"),
];

/// The headings of options, with what the code calls them.
pub(crate) const HEADINGS: &[(&str, &str)] = &[
    ("Waiting", "等待："),
    ("Pull request", "拉取请求："),
    ("Verdict", "结论："),
    ("Findings", "问题："),
    ("Report", "报告："),
    ("Publishing", "发布："),
    ("Output", "输出："),
    ("Connection", "连接："),
    ("Configuration", "配置："),
];

/// Below the list of commands.
pub(crate) const EXIT_CODES: &str = "退出码：0 通过，1 检查执行失败，2 超时，3 被停止，4 门禁未通过，5 报告失败，6 结果已过时，64 用法错误，69 服务不可用，70 内部错误，77 访问被拒绝，129/130/143 已取消。运行 `codearts-gate explain` 查看详情。";

/// Below the options of a command that reads variables.
pub(crate) const VARIABLES: &str = "\
每个选项 --foo-bar 也可以用变量 CODEARTS_FOO_BAR 设置。选项优先于变量，变量优先于配置文件的键 foo-bar；空变量视为未设置。\
时长写成 90s、15m 或 1h30m。列表的各项用逗号或换行分隔。单词不区分大小写；值两端的空格会被去掉。未使用的 CODEARTS_ 变量会在警告中列出。

凭据不能作为选项。使用第一组完整的凭据：
  CODEARTS_TOKEN
  HUAWEICLOUD_OIDC_PROVIDER_URN、HUAWEICLOUD_OIDC_AGENCY_URN，或 HUAWEICLOUD_SDK_IDP_ID：使用 CI 的 ID 令牌，无需密钥
  HUAWEICLOUD_SDK_AK、HUAWEICLOUD_SDK_SK [、HUAWEICLOUD_SDK_SECURITY_TOKEN]
  HUAWEI_CLOUD_ACCESS_KEY_ID、HUAWEI_CLOUD_SECRET_ACCESS_KEY
  HW_ACCESS_KEY、HW_SECRET_KEY [、HW_SECURITY_TOKEN]
  CLOUD_SDK_AK、CLOUD_SDK_SK
  CODEARTS_IAM_USER、CODEARTS_IAM_PASSWORD、CODEARTS_IAM_DOMAIN
  SDK 的 profile 文件 ~/.huaweicloud/credentials";
