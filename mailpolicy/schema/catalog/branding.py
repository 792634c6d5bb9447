"""How webmail and the administration panel look."""

from __future__ import annotations

from ..kinds import BOOLEAN, COLOR, STRING, URL
from ..setting import SHARED, Topic, setting

# A table: one paragraph per setting.
# fmt: off


class Branding(Topic, title="branding"):
    """Colours, texts and pictures; the domain's, else everybody's."""

    theme_dark_mode = setting(
        BOOLEAN, "Webmail starts dark.", path=SHARED, default=False, carbonio="carbonioWebUiDarkMode",
    )
    theme_primary_color = setting(
        COLOR, "The colour of webmail.", path=SHARED, carbonio="carbonioWebUiPrimaryColor",
        constraint="the secondary colour is computed",
    )
    theme_dark_primary_color = setting(
        COLOR, "The colour of dark webmail.", path=SHARED, carbonio="carbonioWebUiDarkPrimaryColor",
    )
    theme_title = setting(STRING, "The title of webmail.", path=SHARED, carbonio="carbonioWebUiTitle")
    theme_copyright = setting(
        STRING, "The copyright line of webmail.", path=SHARED, carbonio="carbonioWebUiDescription",
    )
    theme_login_logo = setting(
        URL, "The logo of the login page.", path=SHARED, carbonio="carbonioWebUiLoginLogo",
        constraint="SVG preferred, transparent, 4:1, 340x85",
    )
    theme_dark_login_logo = setting(
        URL, "The logo of the dark login page.", path=SHARED, carbonio="carbonioWebUiDarkLoginLogo",
        constraint="as theme_login_logo",
    )
    theme_app_logo = setting(
        URL, "The logo inside webmail.", path=SHARED, carbonio="carbonioWebUiAppLogo",
        constraint="8:1, 250x31",
    )
    theme_dark_app_logo = setting(
        URL, "The logo inside dark webmail.", path=SHARED, carbonio="carbonioWebUiDarkAppLogo",
        constraint="as theme_app_logo",
    )
    theme_favicon = setting(
        URL, "The icon of the browser tab.", path=SHARED, carbonio="carbonioWebUiFavicon",
        constraint="ICO, 64x64",
    )
    theme_login_background = setting(
        URL, "The picture behind the login page.", path=SHARED, carbonio="carbonioWebUiLoginBackground",
        constraint="JPG, at least 1920x1050, at most 800 kB",
    )
    theme_dark_login_background = setting(
        URL, "The picture behind the dark login page.", path=SHARED,
        carbonio="carbonioWebUiDarkLoginBackground", constraint="as theme_login_background",
    )
    admin_theme_title = setting(
        STRING, "The title of the administration panel.", path=SHARED, carbonio="carbonioAdminUiTitle",
    )
    admin_theme_copyright = setting(
        STRING, "The copyright line of the panel.", path=SHARED, carbonio="carbonioAdminUiDescription",
    )
    admin_theme_login_logo = setting(
        URL, "The logo of the panel's login page.", path=SHARED, carbonio="carbonioAdminUiLoginLogo",
        constraint="7:1, 340x47",
    )
    admin_theme_dark_login_logo = setting(
        URL, "The logo of the panel's dark login page.", path=SHARED, carbonio="carbonioAdminUiDarkLoginLogo",
        constraint="as admin_theme_login_logo",
    )
    admin_theme_app_logo = setting(
        URL, "The logo inside the panel.", path=SHARED, carbonio="carbonioAdminUiAppLogo",
        constraint="5:1, 150x30",
    )
    admin_theme_dark_app_logo = setting(
        URL, "The logo inside the dark panel.", path=SHARED, carbonio="carbonioAdminUiDarkAppLogo",
        constraint="as admin_theme_app_logo",
    )
    admin_theme_favicon = setting(
        URL, "The icon of the panel's browser tab.", path=SHARED, carbonio="carbonioAdminUiFavicon",
        constraint="ICO, 64x64",
    )
    admin_theme_login_background = setting(
        URL, "The picture behind the panel's login page.", path=SHARED, carbonio="carbonioAdminUiBackground",
        constraint="as theme_login_background",
    )
    admin_theme_dark_login_background = setting(
        URL, "The picture behind the panel's dark login page.", path=SHARED,
        carbonio="carbonioAdminUiDarkBackground", constraint="as theme_login_background",
    )
