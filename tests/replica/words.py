"""Vocabulary of the replica: places, offices, deeds and numbers from which `text` makes its prose.

Everything here is written for the replica. Place names are those of the province because the address rules depend on
Vietnamese letters; persons are put together from syllables and stand for nobody.
"""

PLACES = """huyện Ninh Phước|huyện Thuận Nam|huyện Ninh Hải|huyện Ninh Sơn|huyện Thuận Bắc|huyện Bác Ái
thành phố Phan Rang - Tháp Chàm|xã Phước Hậu|xã Phước Thái|xã An Hải|xã Nhơn Hải|xã Thanh Hải|xã Vĩnh Hải
xã Lâm Sơn|xã Quảng Sơn|xã Lợi Hải|xã Công Hải|xã Phước Đại|xã Phước Bình|xã Phước Tiến|xã Cà Ná|xã Phước Dinh
xã Phước Nam|xã Xuân Hải|xã Hộ Hải|xã Tri Hải|thị trấn Khánh Hải|thị trấn Tân Sơn|thị trấn Phước Dân|phường Đô Vinh
phường Mỹ Đông|phường Đông Hải|phường Văn Hải|phường Phước Mỹ|phường Bảo An|phường Tấn Tài|thôn Mỹ Nghiệp
thôn Bàu Trúc|thôn Thái An|làng hoa Mỹ Bình|vùng trồng nho Ba Mọi|khu vực đầm Nại|vịnh Vĩnh Hy|cảng Ninh Chữ"""
ORGS = """UBND tỉnh|Sở Nội vụ|Sở Y tế|Sở Giáo dục và Đào tạo|Sở Công Thương|Sở Tài chính|Sở Xây dựng|Sở Tư pháp
Sở Nông nghiệp và Phát triển nông thôn|Sở Văn hóa, Thể thao và Du lịch|Sở Tài nguyên và Môi trường
Sở Giao thông vận tải|Sở Khoa học và Công nghệ|Sở Kế hoạch và Đầu tư|Sở Thông tin và Truyền thông
Sở Lao động - Thương binh và Xã hội|Ủy ban MTTQ tỉnh|Hội Nông dân tỉnh|Hội Liên hiệp Phụ nữ tỉnh|Tỉnh đoàn
Liên đoàn Lao động tỉnh|Hội Cựu chiến binh tỉnh|Hội Chữ thập đỏ tỉnh|Ban Dân tộc tỉnh|Thanh tra tỉnh
Cục Thống kê tỉnh|Cục Thuế tỉnh|Kho bạc Nhà nước tỉnh|Ngân hàng Chính sách xã hội tỉnh|Bảo hiểm xã hội tỉnh
Chi cục Thủy lợi|Chi cục Kiểm lâm|Trung tâm Khuyến nông tỉnh|Trung tâm Xúc tiến đầu tư|Trung tâm Y tế dự phòng
Văn phòng Điều phối nông thôn mới|Ban Quản lý các khu công nghiệp"""
ROLES = """Phó Chủ tịch UBND tỉnh|Giám đốc Sở Nội vụ|Phó Giám đốc Sở Y tế|Chủ tịch UBND huyện|Phó Bí thư Huyện ủy
Chánh Văn phòng UBND tỉnh|Phó Trưởng ban Tuyên giáo|Chủ tịch Hội Nông dân tỉnh|Bí thư Tỉnh đoàn
Trưởng phòng Giáo dục|Phó Giám đốc Sở Công Thương|Chủ tịch Hội Liên hiệp Phụ nữ tỉnh|Trưởng ban Dân tộc
Chi cục trưởng Chi cục Thủy lợi"""
FAMILY = "Đàng|Kiều|Châu|Thạch|Lưu|Tạ|Phùng|Mạc|La|Quảng|Hứa|Báo|Từ|Lộ|Khưu|Thiên|Tăng|Chế|Mấu|Cao"
MIDDLE = "Thị|Văn|Quốc|Thanh|Ngọc|Minh|Xuân|Hữu|Đình|Bích|Nhật|Gia|Khánh|Hoài|Tuấn|Mai|Kim|Đăng"
GIVEN = """Sương|Khê|Lam|Thủy|Hạnh|Đoan|Quyên|Trạch|Khoan|Duệ|Nhã|Tường|Vịnh|Thảo|Bằng|Cẩn|Diệp|Hiên|Luyến|Mẫn|Nghi
Phấn|Rạng|Sang|Tấn|Ưng|Viên|Xuyến|Yên|Bội"""
PEN_FIRST = "Thu|Minh|Hoài|Quang|Hạ|Đông|Lam|Nhã|Gia|Vĩnh|Thạch|Bích|Diệu|Trúc|Hải|Sơn"
PEN_LAST = "Khê|An|Sương|Trà|Lâm|Nguyên|Giang|Đan|Vy|Thụy|Phong|Miên|Chi|Hòa|Tâm|Ly"
EVENTS = """hội nghị triển khai nhiệm vụ trọng tâm|buổi làm việc với các địa phương|hội nghị tổng kết chuyên đề
lễ ra quân đầu năm|lớp tập huấn nghiệp vụ|buổi đối thoại với người dân|hội thảo khoa học cấp tỉnh
lễ trao giải cuộc thi|phiên họp thường kỳ|đợt kiểm tra thực địa|ngày hội việc làm|diễn đàn thanh niên
buổi gặp mặt doanh nghiệp|lễ ký kết chương trình phối hợp|hội nghị giao ban quý|đợt giám sát chuyên đề
buổi tiếp xúc cử tri|lễ khởi công công trình"""
VERBS = (
    "triển khai|tổng kết|đẩy mạnh|sơ kết|bàn giải pháp|kiểm tra|tập huấn|giám sát|ra quân|chung tay|nhân rộng|đánh giá"
)
PERIODS = (
    "năm {y}|quý I năm {y}|quý II năm {y}|quý III năm {y}|6 tháng đầu năm {y}|9 tháng năm {y}|giai đoạn {y0} - {y}"
)
TOPICS = {
    "Chính trị - Xã hội": """công tác cải cách hành chính|phong trào toàn dân bảo vệ an ninh|công tác tiếp công dân
chương trình xây dựng nông thôn mới|công tác dân tộc, tôn giáo|cuộc vận động ngày vì người nghèo
công tác hòa giải cơ sở|phong trào thi đua yêu nước|quy chế dân chủ ở cơ sở|công tác bình đẳng giới
chính sách người có công|công tác phòng chống thiên tai|công tác thanh niên|tháng hành động vì trẻ em
công tác tuyển quân|đề án giảm nghèo bền vững""",
    "Kinh tế": """sản xuất vụ hè thu|liên kết tiêu thụ nho, táo|nuôi tôm giống chất lượng cao
chuyển đổi cây trồng cạn|dự án điện mặt trời|dự án điện gió ven biển|thu ngân sách nhà nước|khai thác hải sản xa bờ
chăn nuôi dê, cừu|hệ thống kênh cấp hai|chương trình mỗi xã một sản phẩm|tín dụng cho hộ nghèo
quản lý thị trường dịp cuối năm|xúc tiến đầu tư|sản xuất muối công nghiệp|trồng rừng phòng hộ ven biển
hợp tác xã kiểu mới""",
    "Văn hóa - Du lịch": """lễ hội Katê|nghề gốm truyền thống|nghề dệt thổ cẩm|tuần lễ du lịch biển|bảo tồn tháp cổ
giải đua thuyền đầu xuân|du lịch cộng đồng|phong trào toàn dân đoàn kết xây dựng đời sống văn hóa
liên hoan văn nghệ quần chúng|thư viện lưu động|ngày hội nho và vang|du lịch sinh thái vườn nho
giải bóng chuyền bãi biển|đời sống văn hóa ở khu dân cư|triển lãm ảnh nghệ thuật|bảo tồn san hô""",
    "Giáo dục - Y tế": """phòng chống sốt xuất huyết|tiêm chủng mở rộng|kỳ thi trung học phổ thông
trường chuẩn quốc gia|bảo hiểm y tế toàn dân|khám bệnh miễn phí cho người cao tuổi|phổ cập giáo dục mầm non
dạy tiếng dân tộc trong nhà trường|an toàn thực phẩm|khuyến học, khuyến tài|phòng chống đuối nước
chăm sóc sức khỏe học đường|hiến máu tình nguyện|ứng dụng công nghệ trong dạy học|trạm y tế đạt tiêu chí quốc gia
phòng chống bệnh tay chân miệng""",
}
DEEDS = {
    "": """rà soát danh mục thủ tục còn chồng chéo|phân công rõ người, rõ việc, rõ thời hạn
công khai kết quả trên bảng tin|lấy ý kiến các hộ dân trước khi quyết định|bố trí thêm cán bộ có kinh nghiệm
lập tổ công tác liên ngành|tăng số lần kiểm tra đột xuất|báo cáo kết quả trước ngày 25 hằng tháng
giao chỉ tiêu cụ thể cho từng đơn vị|kêu gọi doanh nghiệp cùng đóng góp|khen thưởng kịp thời các điển hình
mở đường dây nóng tiếp nhận phản ánh|sắp xếp lại các tổ tự quản|lồng ghép với sinh hoạt chi bộ
vận động người có uy tín tham gia|đưa nội dung vào quy ước thôn|gắn trách nhiệm của người đứng đầu
sửa chữa các hạng mục xuống cấp|bảo đảm kinh phí từ đầu năm|tổ chức đối thoại theo cụm xã
ghi nhận từng kiến nghị của cử tri|rút kinh nghiệm qua từng đợt|hoàn thiện hồ sơ pháp lý
tập trung cho các thôn khó khăn""",
    "Chính trị - Xã hội": """rút ngắn thời gian giải quyết hồ sơ|sửa 42 căn nhà tạm|thăm hỏi gia đình chính sách
trao 120 suất quà cho hộ cận nghèo|củng cố tổ hòa giải ở các khu phố|tuyên truyền bằng tiếng Chăm và tiếng Raglai
mở chuyên mục hỏi đáp pháp luật|xây dựng tuyến đường tự quản|bồi dưỡng cán bộ hội ở cơ sở
hỗ trợ học nghề cho bộ đội xuất ngũ|tặng sinh kế cho phụ nữ đơn thân|nâng chất lượng sinh hoạt khu dân cư
dựng lại chuồng trại sau lũ|lắp đèn chiếu sáng ở ngõ hẻm|nhận đỡ đầu trẻ mồ côi|cấp thẻ cho người khuyết tật nặng""",
    "Kinh tế": """chuyển 300 ha lúa sang trồng bắp lai|lắp hệ thống tưới nhỏ giọt|ký hợp đồng bao tiêu ngay đầu vụ
cải tạo ao nuôi theo hướng hai giai đoạn|mở rộng vùng trồng măng tây xanh|cấp mã số cho vùng nguyên liệu
nạo vét 18 km kênh nội đồng|hỗ trợ tàu cá lắp máy định vị|đưa giống nho mới vào sản xuất|giảm lượng giống gieo sạ
giải phóng mặt bằng cho đường dây 220 kV|cho vay vốn nuôi cừu sinh sản|điều tiết nước theo lịch luân phiên
tìm đầu ra cho táo và hành tím|kết nối siêu thị với hợp tác xã|ươm 40.000 cây phi lao""",
    "Văn hóa - Du lịch": """truyền nghề cho lớp thợ trẻ|phục dựng điệu múa quạt|tu bổ hàng rào và lối lên tháp
đón khách lưu trú tại nhà dân|dọn rác dưới các rạn san hô|in bản đồ du lịch bằng ba thứ tiếng
tập kèn Saranai mỗi tối|trưng bày 150 hiện vật|đào tạo thuyết minh viên tại điểm|lập đội văn nghệ của thôn
niêm yết giá tại các bãi tắm|quảng bá sản phẩm gốm ở các hội chợ|đặt biển chỉ dẫn dọc tuyến ven biển
phát động cuộc thi ảnh|sưu tầm chuyện kể cổ|trồng hoa dọc đường vào làng""",
    "Giáo dục - Y tế": """diệt lăng quăng tại từng hộ|khám mắt cho học sinh tiểu học|mở thêm điểm tiêm ở thôn xa
vận động học sinh trở lại lớp|sửa bếp ăn bán trú|dạy bơi trong dịp hè|cấp sách cho học sinh vùng cao
lấy mẫu nước định kỳ|tổ chức nói chuyện chuyên đề ở trường|đưa bác sĩ về trạm hai ngày mỗi tuần
lập tủ sách ở khu trọ|tặng xe đạp cho học sinh vượt khó|nối mạng cho các điểm trường lẻ|hướng dẫn rửa tay đúng cách
tư vấn dinh dưỡng cho bà mẹ|bồi dưỡng giáo viên dạy hai buổi""",
}
GOALS = """giữ ổn định đời sống người dân|tạo việc làm tại chỗ|giảm chi phí cho doanh nghiệp
nâng thu nhập của hộ sản xuất nhỏ|hoàn thành chỉ tiêu được giao|giữ gìn bản sắc của đồng bào
chủ động nguồn nước trong mùa khô|hạn chế bệnh lây lan|thu hút thêm nhà đầu tư|xây dựng nếp sống văn minh
giảm tỷ lệ hộ nghèo ở vùng cao|giữ chân khách ở lại dài ngày|củng cố lòng tin của nhân dân
rút ngắn khoảng cách giữa các vùng|bảo vệ môi trường biển|để không ai bị bỏ lại phía sau|nâng chất lượng phục vụ
tạo chuyển biến từ cơ sở|giữ vững trật tự ở địa bàn|hình thành thói quen mới trong cộng đồng"""
FLAWS = """tiến độ ở một số nơi còn chậm|kinh phí phân bổ chưa kịp thời|việc phối hợp có lúc chưa nhịp nhàng
cán bộ phụ trách thay đổi nhiều lần|thời tiết nắng hạn kéo dài|một bộ phận người dân còn e ngại
số liệu báo cáo chưa khớp|đường vào khu sản xuất còn lầy lội|thiết bị đã cũ|đầu ra của nông sản chưa vững
công tác kiểm tra chưa thường xuyên|mức hỗ trợ còn thấp|nhân lực tại chỗ thiếu kinh nghiệm
mặt bằng vướng ở vài đoạn tuyến"""
NOUNS = """hộ tham gia|mô hình hiệu quả|lượt người dự|hồ sơ được giải quyết|đoàn viên hưởng ứng
công trình hoàn thành|thôn đạt tiêu chí|hội viên được vay vốn|cơ sở ký cam kết|em nhỏ được hỗ trợ
cán bộ được bồi dưỡng|ngày công đóng góp"""
METRICS = """giá trị sản xuất|số hộ khá giả|lượng khách|tỷ lệ hồ sơ đúng hạn|sản lượng thu hoạch|số người tham gia
nguồn vốn huy động|diện tích gieo trồng|doanh thu dịch vụ|số cơ sở đạt chuẩn|mức đóng góp tự nguyện
tỷ lệ phụ huynh đồng tình"""
STORIES = """trước đây làm thuê theo mùa, nay đã có vườn riêng|mất hai năm mới quen với cách làm mới
vừa trả xong khoản vay đầu tiên|đang tính mở thêm một xưởng nhỏ|từng định bỏ nghề vì không có người mua
mỗi sáng đều ra đồng từ lúc trời chưa rõ mặt|đã hiến 200 m² đất để mở đường
được tổ hội giúp giống và hướng dẫn tận nơi|nay yên tâm cho con đi học xa|chưa bao giờ thấy nước về sớm như năm nay
góp sức cùng bà con dựng lại mái nhà chung|học nghề từ mẹ khi mới mười hai tuổi"""
GROUPS = """các hộ nuôi trồng|đoàn viên, thanh niên|chị em phụ nữ|các em học sinh|đội ngũ y bác sĩ|bà con ngư dân
các nghệ nhân|lực lượng dân quân|thầy cô giáo|các cựu chiến binh|tiểu thương ở chợ|cán bộ thôn
bà con đồng bào Raglai|công nhân trên công trường"""
HEADS = """Những việc làm cụ thể|Khó khăn còn ở phía trước|Cách làm mới ở cơ sở|Kết quả bước đầu
Chuyển động từ những thôn xa|Đồng thuận là then chốt|Nhiệm vụ trọng tâm|Hướng đi lâu dài|Dựa vào sức dân
Thêm nguồn lực, thêm niềm tin"""
SHORTS = """Buổi lễ kết thúc trong không khí ấm áp.|Mọi việc vẫn đang tiếp diễn.|Mưa vừa dứt, bà con lại ra đồng.
Đó là tín hiệu vui.|Kết quả ấy chưa phải là tất cả.|Phiên họp bế mạc cùng ngày.|Ai cũng phấn khởi.
Việc khó đã có lời giải."""
QUOTES = """Chúng tôi không ngại việc khó, chỉ ngại làm mà không ai kiểm tra
Muốn dân tin thì phải làm trước cho dân thấy|Nước về tới ruộng là cả xóm vui như có hội
Nghề này nuôi ba đời nhà tôi, bỏ thì thương lắm|Có điện, có đường rồi thì chỉ còn lo học cách làm ăn
Mỗi tuần chỉ cần dọn một buổi là bãi biển khác hẳn|Các cháu đến lớp đều thì cô giáo nào cũng thấy khỏe
Làm du lịch trước hết là giữ cho làng mình sạch|Giá cả lên xuống thất thường nên phải có hợp đồng mới yên tâm"""
SCENES = """chăm sóc vườn nho vào vụ|vá lưới sau chuyến biển|tham quan gian trưng bày|ra quân dọn vệ sinh bãi biển
nhận quà từ đoàn công tác|kiểm tra tuyến kênh mới|trong giờ học ngoại khóa|chuẩn bị cho ngày hội
hướng dẫn kỹ thuật tại vườn|biểu diễn tại lễ khai mạc|thu hoạch măng tây|nghe phổ biến chính sách mới"""


def pool(block: str) -> tuple[str, ...]:
    """The entries of one vocabulary block: parted by bars and line ends."""
    return tuple(entry.strip() for line in block.split("\n") for entry in line.split("|") if entry.strip())
