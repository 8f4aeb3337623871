/** The emoji shortcodes people and bots use most. Unknown ones stay as they were typed. */

const TABLE = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|stop_sign 🛑
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|clock1 🕐|calendar 📅|date 📅|spiral_calendar_pad 🗓️|zzz 💤|bell 🔔|no_bell 🔕
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|money_with_wings 💸|euro 💶|dollar 💵|credit_card 💳|dart 🎯|mag 🔍|mag_right 🔎
bulb 💡|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|books 📚|book 📖|bookmark 🔖|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|lock 🔒|unlock 🔓|key 🔑
speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣|loudspeaker 📢|email 📧|envelope ✉️|inbox_tray 📥|outbox_tray 📤|package 📦
robot_face 🤖|brain 🧠|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|shield 🛡️|test_tube 🧪|microscope 🔬|telescope 🔭|rocket 🚀|zap ⚡|fire 🔥|boom 💥|sparkles ✨|star ⭐|seedling 🌱
thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|clap 👏|raised_hands 🙌|pray 🙏|wave 👋|eyes 👀|point_right 👉|point_up 👆|muscle 💪|handshake 🤝|ok_hand 👌
tada 🎉|trophy 🏆|medal 🏅|first_place_medal 🥇|running 🏃|runner 🏃|athletic_shoe 👟|heart ❤️|green_heart 💚|blue_heart 💙|smile 😄|slightly_smiling_face 🙂|grin 😁|joy 😂|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|sunglasses 😎|sweat_smile 😅
red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|white_circle ⚪|black_circle ⚫|large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|heavy_plus_sign ➕|heavy_minus_sign ➖|double_vertical_bar ⏸️|pause_button ⏸️|arrow_forward ▶️|black_right_pointing_triangle ▶️|question ❓|grey_question ❔|exclamation ❗|information_source ℹ️|hash #️⃣|recycle ♻️|globe_with_meridians 🌐|earth_africa 🌍|art 🎨|camera 📷|movie_camera 🎥|video_camera 📹|shopping_trolley 🛒|label 🏷️|ghost 👻|snowflake ❄️|sunny ☀️|umbrella ☔|coffee ☕
`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((pair) => pair.trim().split(" ")),
);

/** The sign for a shortcode without its colons, or null. */
export function emoji(name) {
  return EMOJI.get(name) ?? null;
}

/** Plain text with `:shortcodes:` turned into signs. */
export function emojify(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI.get(name) ?? whole);
}
